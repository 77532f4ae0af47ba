package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.neverSampled;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The acceptance table of {@code deciding.md}: the HPA's own integer formula on what we report. T = 0.70, 10 %. */
class AcceptanceTableTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of("2 ready @ .65, 1 starting (3)", fleet(3, pods(2, at(.65), starting())), 3),
                Arguments.of("2 ready @ 1.0, 2 starting (4)", fleet(4, pods(2, at(1.0), starting(), starting())), 4),
                Arguments.of(
                        "4 ready, 2 of them missing, rest @ .9 (4)",
                        fleet(4, pods(2, at(.9), missing(.9), neverSampled())),
                        4),
                Arguments.of("4 ready, 1 missing, rest @ .6 (4)", fleet(4, pods(3, at(.6), missing(.6))), 4),
                Arguments.of("3 ready @ .95 (3)", fleet(3, pods(3, at(.95))), 5),
                Arguments.of("4 ready @ .1 (4), windows 0", fleet(4, pods(4, at(.1))), 1),
                Arguments.of("4 unready after having been ready", fleet(4, pods(4, missing(.9))), 4),
                Arguments.of(
                        "spec 10 but our watch still shows 4, load right for 10",
                        fleet(
                                10,
                                4,
                                pods(
                                        4,
                                        at(1.0),
                                        starting(),
                                        starting(),
                                        starting(),
                                        starting(),
                                        starting(),
                                        starting())),
                        10));
    }

    @ParameterizedTest(name = "{0} → {2}")
    @MethodSource("table")
    void hpaEndsAsTheTableSays(String name, Fleet.Known fleet, long replicas) {
        Trigger trigger = Triggers.immediate();
        Decision decision = new Policy(trigger).decide(fleet, START);
        assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(replicas);
    }

    @ParameterizedTest(name = "{0} → {2} with metricType Value")
    @MethodSource("table")
    void hpaEndsAsTheTableSaysByAverageAndMetricTypeValue(String name, Fleet.Known fleet, long replicas) {
        Trigger trigger = Triggers.immediate("aggregationType", "average");
        Decision decision = new Policy(trigger).decide(fleet, START);
        assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(replicas);
    }

    @Test
    void fleetThatNoLongerAnswersIsHeldAndThenUnknown() {
        // Given
        Trigger trigger = Triggers.immediate();
        Policy policy = new Policy(trigger);
        Fleet.Known silent = fleet(4, pods(4, missing(.9)));

        // When
        Decision first = policy.decide(silent, START);
        Decision before = policy.decide(silent, START.plusSeconds(29));
        Decision after = policy.decide(silent, START.plusSeconds(30));

        // Then
        assertThat(first).isInstanceOf(Decision.Hold.class);
        assertThat(before).isInstanceOf(Decision.Hold.class);
        assertThat(after).isInstanceOf(Decision.Unknown.class);
        assertThat(Fleets.hpaEndsAt(after, trigger)).isEqualTo(4);
        assertThat(new Answers(trigger).value(after, new Scale(4, 4)))
                .isEqualTo(new Answer.Unavailable("no pod has given a sample for 30s"));
    }

    @Test
    void surgePodOfARolloutDoesNotGrowTheFleetOverTenSyncs() {
        // Given: 4 replicas at .95·T, one pod more than wanted, which first starts and then takes its share
        Trigger trigger = Triggers.immediate();
        Policy policy = new Policy(trigger);
        double load = 4 * .95 * .70;
        int spec = 4;

        // When
        for (int sync = 0; sync < 10; sync++) {
            boolean surgeIsReady = sync % 2 == 1;
            Fleet.Known fleet = surgeIsReady
                    ? fleet(spec, 5, pods(5, at(load / 5)))
                    : fleet(spec, 5, pods(4, at(load / 4), starting()));
            Decision decision = policy.decide(fleet, START.plus(Duration.ofSeconds(15L * sync)));
            spec = (int) Fleets.hpaEndsAt(decision, trigger, new Scale(spec, 5));
        }

        // Then
        assertThat(spec).isEqualTo(4);
    }
}
