package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.withNewcomers;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An amount that looks back, as a rate over a window: those that were there before the newcomers still hold what they did
 * alone. T = 1000 a second, 10 %.
 */
class NewcomersTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of("all were there", fleet(5, pods(5, at(1260))), 7),
                Arguments.of(
                        "the past of two counts for nobody else",
                        withNewcomers(3, fleet(5, pods(2, at(1700), at(980), at(980), at(980)))),
                        5),
                Arguments.of(
                        "newcomers do not hold what is low anyway", withNewcomers(3, fleet(5, pods(5, at(300)))), 2),
                Arguments.of(
                        "nor does one that is missing",
                        withNewcomers(2, fleet(5, pods(4, at(2000), missing(2000)))),
                        5),
                Arguments.of(
                        "the share of those who were there asks for more itself",
                        withNewcomers(1, fleet(5, pods(5, at(1600)))),
                        7),
                Arguments.of("newcomers alone are what they are", withNewcomers(5, fleet(5, pods(5, at(1260)))), 7));
    }

    @ParameterizedTest(name = "{0} → {2}")
    @MethodSource("table")
    void hpaEndsAt(String name, Fleet.Known fleet, long replicas) {
        for (String type : new String[] {"sum", "average"}) {
            Trigger trigger =
                    Triggers.immediate("metric", "rate(tokens_total)", "targetValue", "1000", "aggregationType", type);
            Decision decision = new Policy(trigger).decide(fleet, START);
            assertThat(Fleets.hpaEndsAt(decision, trigger)).as(type).isEqualTo(replicas);
        }
    }
}
