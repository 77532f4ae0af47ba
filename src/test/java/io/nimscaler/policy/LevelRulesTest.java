package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.neverSampled;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static io.nimscaler.policy.Fleets.withNewcomers;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Quiet;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals that do not add up: replicas that the HPA ends with. T = 0.70, 10 %. */
class LevelRulesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Starting STUCK = new Starting(Duration.ofMinutes(20), false);
    private static final Missing LONG_MISSING = new Missing(OptionalDouble.of(.9), Duration.ofMinutes(6));

    private static Trigger trigger(String aggregationType) {
        return Triggers.immediate("metric", "nv_gpu_utilization", "aggregationType", aggregationType);
    }

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of("level · S / T, up", fleet(4, pods(4, at(.95))), 6),
                Arguments.of("level · S / T, down", fleet(4, pods(4, at(.3))), 2),
                Arguments.of("within the tolerance", fleet(4, pods(4, at(.65))), 4),
                Arguments.of(
                        "starting pods count as 0 on the way up",
                        fleet(4, pods(2, at(1.0), starting(), starting())),
                        4),
                Arguments.of(
                        "nor do newcomers order others for what was observed before them",
                        withNewcomers(2, fleet(4, pods(4, at(1.3)))),
                        4),
                Arguments.of("even so it asks for more, too", withNewcomers(1, fleet(4, pods(4, at(1.2)))), 6),
                Arguments.of(
                        "a fleet of newcomers alone is what it is", withNewcomers(4, fleet(4, pods(4, at(1.05)))), 6),
                Arguments.of(
                        "newcomers do not hold what is low anyway", withNewcomers(2, fleet(4, pods(4, at(.3)))), 2),
                Arguments.of("even so it asks for more", fleet(4, pods(3, at(1.2), starting())), 6),
                Arguments.of("starting pods do not hold what is low anyway", fleet(4, pods(3, at(.3), starting())), 2),
                Arguments.of("no scale-down while one is missing", fleet(10, pods(9, at(.1), missing(.1))), 10),
                Arguments.of("nor while one was never sampled", fleet(10, pods(9, at(.1), neverSampled())), 10),
                Arguments.of("a missing pod does not hold a scale-up", fleet(4, pods(3, at(1.2), missing(.6))), 6),
                Arguments.of("nor is one empty that was saturated", fleet(4, pods(3, at(1.2), missing(1.2))), 7),
                Arguments.of(
                        "a pod that is missing for long counts as the others",
                        fleet(4, pods(3, at(.3), LONG_MISSING)),
                        2),
                Arguments.of("a stuck pod carries nothing", fleet(4, pods(3, at(.3), STUCK)), 2),
                Arguments.of("a stuck pod takes a replica's place", fleet(4, pods(3, at(1.0), STUCK)), 6),
                Arguments.of("replicas that leave still work", fleet(4, 8, pods(8, at(.3))), 4),
                Arguments.of("a surge pod of a rollout", fleet(4, 5, pods(5, at(.66))), 4));
    }

    @ParameterizedTest(name = "{0} → {2}")
    @MethodSource("table")
    void hpaEndsAt(String name, Fleet.Known fleet, long replicas) {
        for (String type : new String[] {"sum", "average", "max"}) {
            Decision decision = new Policy(trigger(type)).decide(fleet, START);
            assertThat(Fleets.hpaEndsAt(decision, trigger(type))).as(type).isEqualTo(replicas);
        }
    }

    /** A latency is ten times its target while requests queue, however few replicas are short. */
    @ParameterizedTest
    @ValueSource(strings = {"sum", "average"})
    void latencyAsksForTwiceTheReplicasThatWereObservedAtMost(String type) {
        Trigger trigger = Triggers.immediate(
                "metric", "time_to_first_token_seconds", "targetValue", "0.70", "aggregationType", type);
        Fleet.Known first = fleet(3, pods(3, at(7)));
        Fleet.Known whileTheyStart = fleet(6, pods(3, at(7), starting(), starting(), starting()));
        Fleet.Known whileTheyAreNew = withNewcomers(3, fleet(6, pods(6, at(7))));
        Fleet.Known observed = fleet(6, pods(6, at(7)));

        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(first, START), trigger))
                .isEqualTo(6);
        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(whileTheyStart, START), trigger))
                .isEqualTo(6);
        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(whileTheyAreNew, START), trigger))
                .isEqualTo(6);
        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(observed, START), trigger))
                .isEqualTo(12);
    }

    @Test
    void utilizationHasAnUpperEndAndIsBelievedAtOnce() {
        Trigger trigger = Triggers.immediate("metric", "nv_gpu_utilization", "targetValue", "0.20");
        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(fleet(3, pods(3, at(1))), START), trigger))
                .isEqualTo(15);
    }

    @Test
    void valueItselfIsReportedUnderAverageAndTimesReplicasUnderSum() {
        Fleet.Known fleet = fleet(4, pods(4, at(.95)));
        Scale scale = new Scale(4, 4);
        assertThat(new Answers(trigger("average")).value(new Policy(trigger("average")).decide(fleet, START), scale))
                .isEqualTo(new Answer.Value(950));
        assertThat(new Answers(trigger("sum")).value(new Policy(trigger("sum")).decide(fleet, START), scale))
                .isEqualTo(new Answer.Value(3800));
    }

    @Test
    void highestPodDecidesUnderMax() {
        Decision decision = new Policy(trigger("max")).decide(fleet(4, pods(3, at(.1), at(.9))), START);
        assertThat(decision.basis().demand().orElseThrow()).isEqualTo(3.6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum", "average", "max"})
    void fleetWithTooFewObservationsIsHeldForAsLongAsItAnswers(String type) {
        // Given
        Policy policy = new Policy(trigger(type));
        Fleet.Known idle = fleet(4, pods(4, new Quiet()));

        // When
        Decision first = policy.decide(idle, START);
        Decision later = policy.decide(idle, START.plus(Duration.ofHours(1)));

        // Then
        for (Decision decision : new Decision[] {first, later}) {
            assertThat(decision)
                    .isInstanceOfSatisfying(
                            Decision.Hold.class,
                            hold -> assertThat(hold.reason()).isEqualTo(HoldReason.TOO_FEW_OBSERVATIONS));
            assertThat(Fleets.hpaEndsAt(decision, trigger(type))).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum", "average", "max"})
    void fleetThatIsKnownToBeIdleNeedsNoReplica(String type) {
        List<PodReading> pods = pods(4, new Quiet());
        Fleet.Known idle = new Fleet.Known(new Scale(4, 4), 4, pods, 0, OptionalDouble.of(0));
        assertThat(Fleets.hpaEndsAt(new Policy(trigger(type)).decide(idle, START), trigger(type)))
                .isZero();
    }

    @Test
    void onePodThatDoesNotAnswerMayHaveAllTheWork() {
        List<PodReading> pods = pods(3, new Quiet(), neverSampled());
        Fleet.Known fleet = new Fleet.Known(new Scale(4, 4), 4, pods, 0, OptionalDouble.of(0));
        assertThat(Fleets.hpaEndsAt(new Policy(trigger("sum")).decide(fleet, START), trigger("sum")))
                .isEqualTo(4);
    }

    @Test
    void shrinkingFleetIsNotShrunkAgainByTheSameLoad() {
        // Given: a load of 2.1, shared by the pods that are still there
        Trigger trigger = trigger("sum");
        Policy policy = new Policy(trigger);
        int spec = 8;

        // When
        for (int sync = 0; sync < 5; sync++) {
            Fleet.Known fleet = fleet(spec, 8, pods(8, at(2.1 / 8)));
            Decision decision = policy.decide(fleet, START.plusSeconds(15L * sync));
            spec = (int) Fleets.hpaEndsAt(decision, trigger, new Scale(spec, 8));
        }

        // Then
        assertThat(spec).isEqualTo(3);
    }
}
