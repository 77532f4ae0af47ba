package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.neverSampled;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deciding.md}, rule by rule. T = 0.70, 10 %. */
class PolicyTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String[] NO_SMOOTHING = {"smoothingUp", "0s", "smoothingDown", "0s"};

    private Instant now = START;

    private Decision step(Policy policy, Fleet fleet, Duration length) {
        now = now.plus(length);
        return policy.decide(fleet, now);
    }

    /** The same reading each second. */
    private Decision observe(Policy policy, Fleet fleet, int seconds) {
        Decision decision = policy.decide(fleet, now);
        for (int i = 0; i < seconds; i++) {
            decision = step(policy, fleet, Duration.ofSeconds(1));
        }
        return decision;
    }

    private static HoldReason holdReason(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Hold.class);
        return ((Decision.Hold) decision).reason();
    }

    private static double reported(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Report.class);
        return ((Decision.Report) decision).value();
    }

    @Nested
    class Rules {

        @Test
        void rule0FleetKnownToBeEmptyDemandsNothing() {
            Decision decision = new Policy(Triggers.with()).decide(fleet(0, List.of()), START);
            assertThat(decision.basis().demand()).hasValue(0);
        }

        @Test
        void rule0FleetThatIsNotKnownIsUnknown() {
            Decision decision = new Policy(Triggers.with()).decide(new Fleet.NotKnown("watch not synced"), START);
            assertThat(decision).isInstanceOf(Decision.Unknown.class);
            assertThat(((Decision.Unknown) decision).reason()).isEqualTo("watch not synced");
        }

        @Test
        void rule1AllStartingIsHeldUntilTheDeadlineAndThenUnknown() {
            Policy policy = new Policy(Triggers.with("startingDeadline", "10m"));
            Fleet young = fleet(2, pods(2, new Starting(Duration.ofMinutes(10), false)));
            Fleet stuck = fleet(2, pods(2, new Starting(Duration.ofMinutes(10).plusMillis(1), false)));
            assertThat(holdReason(policy.decide(young, START))).isEqualTo(HoldReason.ALL_STARTING);
            assertThat(policy.decide(stuck, START)).isInstanceOf(Decision.Unknown.class);
        }

        @Test
        void rule2CountsFromTheMomentAtWhichTheLastSampleWentStale() {
            // Given
            Policy policy = new Policy(Triggers.with("unavailableAfter", "20s"));
            observe(policy, fleet(2, pods(2, at(.5))), 60);

            // When
            Decision atOnce = step(policy, fleet(2, pods(2, missing(.5))), Duration.ofSeconds(1));
            Decision later = step(policy, fleet(2, pods(2, missing(.5))), Duration.ofSeconds(19));
            Decision tooLate = step(policy, fleet(2, pods(2, missing(.5))), Duration.ofSeconds(1));

            // Then
            assertThat(holdReason(atOnce)).isEqualTo(HoldReason.NO_SAMPLES);
            assertThat(holdReason(later)).isEqualTo(HoldReason.NO_SAMPLES);
            assertThat(tooLate).isInstanceOf(Decision.Unknown.class);
        }

        @Test
        void rule2SampleInBetweenStartsItAnew() {
            Policy policy = new Policy(Triggers.with("unavailableAfter", "20s"));
            step(policy, fleet(2, pods(2, missing(.5))), Duration.ofSeconds(19));
            step(policy, fleet(2, pods(2, at(.5))), Duration.ofSeconds(1));
            Decision decision = step(policy, fleet(2, pods(2, missing(.5))), Duration.ofSeconds(19));
            assertThat(holdReason(decision)).isEqualTo(HoldReason.NO_SAMPLES);
        }

        @Test
        void podsWhoseValuesDoNotAddUpAreStillCounted() {
            Fleet absurd = fleet(3, pods(2, at(Double.MAX_VALUE), starting()));
            Decision decision = new Policy(Triggers.with()).decide(absurd, START);
            assertThat(decision).isInstanceOf(Decision.Unknown.class);
            assertThat(decision.basis().known().orElseThrow().counts()).isEqualTo(new Counts(2, 0, 0, 0, 1, 0));
            assertThat(decision.basis().carried()).isEmpty();
        }

        @Test
        void rule3StartingPodsDoNotHoldADownscaleOfAnIdleFleet() {
            Decision decision = new Policy(Triggers.immediate()).decide(fleet(3, pods(2, at(.1), starting())), START);
            assertThat(reported(decision)).isCloseTo(.2, within(1e-9));
        }

        @Test
        void rule4EvenTheLeastAsksForMore() {
            // 3 sampled at 1.6 (a signal beyond 1), 1 missing: 4.8 ≥ 1.1 · 0.7 · 4 = 3.08
            Decision decision =
                    new Policy(Triggers.immediate()).decide(fleet(4, pods(3, at(1.6), neverSampled())), START);
            assertThat(reported(decision)).isCloseTo(4.8, within(1e-9));
        }

        @Test
        void rule4EvenTheMostAsksForFewer() {
            // 3 at .1 and one missing that was at .9: at most 0.3 + 0.9 ≤ 0.9 · 0.7 · 4 = 2.52
            Decision decision = new Policy(Triggers.immediate()).decide(fleet(4, pods(3, at(.1), missing(.9))), START);
            assertThat(reported(decision)).isCloseTo(1.2, within(1e-9));
        }

        @Test
        void rule4MissingPodCountsAsTargetWhereItsLastSampleWasLower() {
            Decision decision = new Policy(Triggers.immediate()).decide(fleet(4, pods(3, at(.1), missing(.2))), START);
            assertThat(reported(decision)).isCloseTo(1.0, within(1e-9));
        }

        @Test
        void rule5PodMissingForLongCountsAsTheMean() {
            Missing forLong =
                    new Missing(OptionalDouble.of(1), Duration.ofMinutes(5).plusMillis(1));
            Missing justNot = new Missing(OptionalDouble.of(1), Duration.ofMinutes(5));
            Policy policy = new Policy(Triggers.immediate());
            assertThat(reported(policy.decide(fleet(3, pods(2, at(.9), forLong)), START)))
                    .isCloseTo(2.7, within(1e-9));
            assertThat(holdReason(policy.decide(fleet(3, pods(2, at(.9), justNot)), START)))
                    .isEqualTo(HoldReason.UNDECIDED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"gpu_cache_usage_perc", "nv_gpu_utilization"})
        void rule5LongDownscaleWindowDoesNotLengthenTheWaitOnTheWayUp(String metric) {
            // Given
            Policy policy = new Policy(Triggers.immediate("metric", metric, "downscaleStabilizationWindow", "1h"));
            Missing waitedFor = new Missing(OptionalDouble.of(.2), Duration.ofMinutes(5));
            Missing writtenOff =
                    new Missing(OptionalDouble.of(.2), Duration.ofMinutes(5).plusMillis(1));

            // Then: up after five minutes as the mean of the others, down not before the window
            assertThat(holdReason(policy.decide(fleet(4, pods(3, at(1.0), waitedFor)), START)))
                    .isEqualTo(HoldReason.UNDECIDED);
            assertThat(reported(policy.decide(fleet(4, pods(3, at(1.0), writtenOff)), START)))
                    .isCloseTo(4, within(1e-9));
            assertThat(policy.decide(fleet(4, pods(3, at(.1), writtenOff)), START)
                            .basis()
                            .known()
                            .orElseThrow()
                            .counts()
                            .missing())
                    .isEqualTo(1);
        }

        @ParameterizedTest
        @CsvSource({
            "gpu_cache_usage_perc, 0.70, 60, 3.4",
            "gpu_cache_usage_perc, 1.00, 60, 3.4",
            "gpu_cache_usage_perc, 0.69, 60, 2.0",
            "gpu_cache_usage_perc, 1.00, 61, 2.0",
            "nv_gpu_utilization, 1.00, 60, 3.4",
            "nv_gpu_utilization, 1.00, 61, 2.0"
        })
        void rule4PodThatWasSaturatedMomentsAgoIsNotEmpty(String metric, double last, int missingFor, double atLeast) {
            Missing missing = new Missing(OptionalDouble.of(last), Duration.ofSeconds(missingFor));
            Decision decision = new Policy(Triggers.immediate("metric", metric))
                    .decide(fleet(4, pods(2, at(1.0), missing, missing)), START);
            assertThat(decision.basis().carried().orElseThrow().atLeast()).isCloseTo(atLeast, within(1e-9));
            assertThat(decision instanceof Decision.Report).isEqualTo(atLeast > 3.08);
        }

        @ParameterizedTest
        @ValueSource(strings = {"gpu_cache_usage_perc", "nv_gpu_utilization"})
        void rule5PodsThatNoNodeTakesTakeNothingAwayAboveTheTarget(String metric) {
            // Given: 6 wanted, 4 of them unschedulable for longer than the deadline
            Starting stuck = new Starting(Duration.ofMinutes(15).plusSeconds(1), true);
            Trigger trigger = Triggers.immediate("metric", metric);

            // Then
            for (double load : new double[] {1.0, .71}) {
                Decision above =
                        new Policy(trigger).decide(fleet(6, pods(2, at(load), stuck, stuck, stuck, stuck)), START);
                assertThat(holdReason(above)).isEqualTo(HoldReason.UNDECIDED);
                assertThat(Fleets.hpaEndsAt(above, trigger)).isEqualTo(6);
            }
            Decision below = new Policy(trigger).decide(fleet(6, pods(2, at(.6), stuck, stuck, stuck, stuck)), START);
            assertThat(Fleets.hpaEndsAt(below, trigger)).isEqualTo(2);
        }

        @ParameterizedTest
        @CsvSource({"0.60, false, 1.8", "0.60, true, 1.8", "0.90, false, 3.4", "0.90, true, 2.7"})
        void rule5StuckPodTakesAPlaceOnlyWhereTheOthersAreOverTheTarget(
                double value, boolean unschedulable, double demand) {
            Starting stuck = new Starting(Duration.ofMinutes(15).plusSeconds(1), unschedulable);
            Decision decision = new Policy(Triggers.immediate()).decide(fleet(4, pods(3, at(value), stuck)), START);
            assertThat(decision.basis().demand().orElseThrow()).isCloseTo(demand, within(1e-9));
        }
    }

    @Nested
    class Smoothing {

        @Test
        void halfOfAStepHasArrivedAfterOneHalfLife() {
            // Given
            Policy policy = new Policy(Triggers.with("smoothingUp", "8s", "downscaleStabilizationWindow", "0s"));
            observe(policy, fleet(2, pods(2, at(.7))), 30);

            // When
            Decision decision = observe(policy, fleet(2, pods(2, at(.9))), 8);

            // Then: from 1.4 half the way to 1.8
            assertThat(decision.basis().windows().smoothed().orElseThrow()).isCloseTo(1.6, within(1e-9));
        }

        @ParameterizedTest
        @ValueSource(longs = {50, 250, 1000, 4000})
        void smoothedDemandDoesNotDependOnHowOftenItIsRead(long stepMillis) {
            Policy policy = new Policy(Triggers.with());
            policy.decide(fleet(2, pods(2, at(.2))), now);
            Decision decision = policy.decide(fleet(2, pods(2, at(.2))), now);
            for (long t = 0; t < 12_000; t += stepMillis) {
                decision = step(policy, fleet(2, pods(2, at(.9))), Duration.ofMillis(stepMillis));
            }
            double expected = 1.8 + (.4 - 1.8) * Math.pow(2, -12.0 / 5);
            assertThat(decision.basis().windows().smoothed().orElseThrow()).isCloseTo(expected, within(1e-9));
        }
    }

    @Nested
    class Windows {

        private final Trigger minute = Triggers.withoutSteps("downscaleStabilizationWindow", "60s");

        @Test
        void afterAStartNothingIsTakenAwayBeforeTheWindowIsFull() {
            Policy policy = new Policy(minute);
            assertThat(holdReason(observe(policy, fleet(4, pods(4, at(.1))), 59)))
                    .isEqualTo(HoldReason.WINDOW_NOT_FULL);
            assertThat(reported(step(policy, fleet(4, pods(4, at(.1))), Duration.ofSeconds(1))))
                    .isCloseTo(.4, within(1e-9));
        }

        @Test
        void afterAStartAnUpscaleIsReportedAtOnce() {
            Decision decision = new Policy(minute).decide(fleet(2, pods(2, at(.95))), START);
            assertThat(reported(decision)).isCloseTo(1.9, within(1e-9));
        }

        @Test
        void atOneReplicaThereIsNothingToProtect() {
            Decision decision = new Policy(minute).decide(fleet(1, pods(1, at(.1))), START);
            assertThat(reported(decision)).isCloseTo(.1, within(1e-9));
        }

        @Test
        void peakIsHeldForTheWholeWindowAndNotLonger() {
            // Given
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.7))), 60);

            // When
            Decision inside = observe(policy, fleet(4, pods(4, at(.1))), 60);
            Decision outside = step(policy, fleet(4, pods(4, at(.1))), Duration.ofSeconds(1));

            // Then
            assertThat(holdReason(inside)).isEqualTo(HoldReason.STABILIZATION);
            assertThat(reported(outside)).isCloseTo(.4, within(1e-9));
        }

        @Test
        void windowsHighestBoundsTheDownscale() {
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.3))), 60);
            assertThat(reported(observe(policy, fleet(4, pods(4, at(.1))), 30))).isCloseTo(1.2, within(1e-9));
        }

        @Test
        void upscaleWindowAsksForItsLowest() {
            Policy policy = new Policy(Triggers.with(concat(NO_SMOOTHING, "upscaleStabilizationWindow", "10s")));
            observe(policy, fleet(2, pods(2, at(.7))), 60);
            assertThat(holdReason(observe(policy, fleet(2, pods(2, at(.95))), 10)))
                    .isEqualTo(HoldReason.STABILIZATION);
            assertThat(reported(step(policy, fleet(2, pods(2, at(.95))), Duration.ofSeconds(1))))
                    .isCloseTo(1.9, within(1e-9));
        }

        @Test
        void highestIsNeverLessThanTheUnsmoothedDemandOfThisMoment() {
            // Given: slow smoothing upwards, so that a jump hardly shows in the smoothed demand
            Policy policy = new Policy(
                    Triggers.with("smoothingUp", "10m", "smoothingDown", "0s", "downscaleStabilizationWindow", "10s"));
            observe(policy, fleet(4, pods(4, at(.1))), 60);

            // When
            Decision decision = step(policy, fleet(4, pods(4, at(.6))), Duration.ofSeconds(1));

            // Then
            assertThat(decision.basis().windows().highest().orElseThrow()).isCloseTo(2.4, within(1e-9));
        }
    }

    @Nested
    class Clocks {

        private final Trigger minute =
                Triggers.withoutSteps("downscaleStabilizationWindow", "60s", "unavailableAfter", "10s");

        @Test
        void outageDoesNotAgeAPeakAway() {
            // Given
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.7))), 60);

            // When
            Decision during = observe(policy, fleet(4, pods(4, missing(.7))), 600);
            Decision after = observe(policy, fleet(4, pods(4, at(.1))), 59);

            // Then
            assertThat(during).isInstanceOf(Decision.Unknown.class);
            assertThat(holdReason(after)).isEqualTo(HoldReason.STABILIZATION);
        }

        @Test
        void standstillOfThisProcessDoesNotAgeAPeakAway() {
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.7))), 60);
            Decision decision = step(policy, fleet(4, pods(4, at(.1))), Duration.ofHours(1));
            assertThat(holdReason(decision)).isEqualTo(HoldReason.STABILIZATION);
        }

        @Test
        void clockThatGoesBackCountsAsNoTime() {
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.1))), 30);
            Decision decision = step(policy, fleet(4, pods(4, at(.1))), Duration.ofMinutes(-10));
            assertThat(decision.basis().windows().remaining()).isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void undecidedHoldRaisesTheHighestButMovesNoClock() {
            // Given
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.3))), 60);

            // When: 3 at .9 and one missing: at least 2.7, which is no reason yet to ask for more
            Decision decision = observe(policy, fleet(4, pods(3, at(.9), missing(.3))), 120);

            // Then
            assertThat(holdReason(decision)).isEqualTo(HoldReason.UNDECIDED);
            assertThat(decision.basis().windows().highest().orElseThrow()).isCloseTo(2.7, within(1e-9));
            assertThat(reported(observe(policy, fleet(4, pods(4, at(.3))), 60))).isCloseTo(2.7, within(1e-9));
        }

        @Test
        void holdForStartingPodsAloneIsObservedTime() {
            // Given: mean .65 lies between 0.9·T and T
            Policy policy = new Policy(minute);
            Fleet rollout = fleet(3, pods(2, at(.65), starting()));

            // When
            Decision decision = observe(policy, rollout, 60);

            // Then
            assertThat(holdReason(decision)).isEqualTo(HoldReason.UNDECIDED);
            assertThat(decision.basis().windows().isFull()).isTrue();
            assertThat(decision.basis().windows().highest().orElseThrow()).isCloseTo(1.3, within(1e-9));
        }

        @Test
        void whereHiDecidesAMissingPodDoesNotRenewAPeak() {
            // Given: 4 at .1, of which one goes missing
            Policy policy = new Policy(minute);
            observe(policy, fleet(4, pods(4, at(.1))), 60);

            // When
            Decision decision = observe(policy, fleet(4, pods(3, at(.1), missing(.1))), 30);

            // Then: reported as if it carried T, remembered as what it last said
            assertThat(reported(decision)).isCloseTo(1.0, within(1e-9));
            assertThat(decision.basis().windows().highest().orElseThrow()).isCloseTo(.4, within(1e-9));
        }
    }

    /** serving_load: a size is observed before the next one. */
    @Nested
    class InSteps {

        private final Trigger trigger = Triggers.with(concat(NO_SMOOTHING, "metric", "serving_load"));
        private final Policy policy = new Policy(trigger);

        @Test
        void stepDownGoesTheSquareRootOfTheWayAndBeginsAnObservation() {
            // Given: two windows, of which the first one is that of the start
            observe(policy, fleet(16, pods(16, at(.1))), 601);

            // When: 1.6 of 11.2 are reported as 4.23, so 7 replicas
            Decision first = step(policy, fleet(16, pods(16, at(.1))), Duration.ofSeconds(1));
            Decision next = observe(policy, fleet(7, pods(7, at(.2))), 299);

            // Then
            assertThat(Fleets.hpaEndsAt(first, trigger)).isEqualTo(7);
            assertThat(holdReason(next)).isEqualTo(HoldReason.WINDOW_NOT_FULL);
            assertThat(reported(observe(policy, fleet(7, pods(7, at(.2))), 3))).isLessThan(7 * .7);
        }

        @Test
        void tailOfAQueueThatOneSizeLeftDoesNotDecideForTheNext() {
            observe(policy, fleet(4, pods(4, at(1))), 300);
            assertThat(holdReason(observe(policy, fleet(8, pods(8, at(.1))), 290)))
                    .isEqualTo(HoldReason.WINDOW_NOT_FULL);
        }

        /** {@code behavior.scaleDown} of one pod a minute, as the HPA takes it. */
        @Test
        void stepOfWhichTheHpaTakesAPartAtOnceIsOneStep() {
            observe(policy, fleet(16, pods(16, at(.1))), 601);
            for (int spec = 16; spec > 7; spec--) {
                Decision decision = observe(policy, fleet(spec, pods(spec, at(1.6 / spec))), 60);
                assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(7);
            }
            assertThat(holdReason(observe(policy, fleet(7, pods(7, at(1.6 / 7))), 290)))
                    .isEqualTo(HoldReason.WINDOW_NOT_FULL);
        }

        @Test
        void stepThatIsUnderWayGoesNoFurtherThoughTheLoadFalls() {
            observe(policy, fleet(16, pods(16, at(.1))), 601);
            for (int spec = 16; spec > 7; spec--) {
                Decision decision = observe(policy, fleet(spec, pods(spec, at(.01))), 60);
                assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(7);
            }
        }

        @Test
        void stepThatTheLoadForbidsBeginsAnObservation() {
            // Given: on the way from 16 to 7 the load of 11 comes
            observe(policy, fleet(16, pods(16, at(.1))), 601);
            observe(policy, fleet(12, pods(12, at(.1))), 10);
            Decision risen = observe(policy, fleet(12, pods(12, at(.7))), 1);

            // When
            Decision later = observe(policy, fleet(12, pods(12, at(.1))), 299);

            // Then: that load has left the window at the earliest when this size was observed for a window
            assertThat(holdReason(risen)).isEqualTo(HoldReason.STABILIZATION);
            assertThat(later).isInstanceOf(Decision.Hold.class);
        }

        @Test
        void policyThatGoesOnFromAStateKeepsTheStep() {
            observe(policy, fleet(16, pods(16, at(.1))), 601);
            Policy next = Policy.resumed(trigger, policy.state());
            Decision decision = observe(next, fleet(12, pods(12, at(.01))), 30);
            assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(7);
        }

        @Test
        void oneFewerIsEnoughOfAStepWhereItLeavesRoom() {
            observe(policy, fleet(2, pods(2, at(.2))), 602);
            Decision decision = step(policy, fleet(2, pods(2, at(.2))), Duration.ofSeconds(1));
            assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(1);
        }
    }

    @Nested
    class Edits {

        /** What such a signal reads of a batch it learns within minutes, and reads less until then. */
        @Test
        void signalThatGoesInStepsIsLearnedForAWindowBeforeOneIsObserved() {
            String[] steps = concat(NO_SMOOTHING, "metric", "serving_load", "downscaleStabilizationWindow", "60s");
            Policy policy = new Policy(Triggers.with(steps));
            // Given: read as next to nothing, while it is learned, and then as what it is
            assertThat(holdReason(observe(policy, fleet(4, pods(4, at(.1))), 60)))
                    .isEqualTo(HoldReason.WINDOW_NOT_FULL);
            Policy edited = policy.withTrigger(Triggers.with(concat(steps, "targetValue", "0.60")));
            Instant then = now;
            for (Policy either : List.of(policy, edited)) {
                now = then;
                assertThat(holdReason(observe(either, fleet(4, pods(4, at(.3))), 59)))
                        .isEqualTo(HoldReason.WINDOW_NOT_FULL);
                assertThat(reported(step(either, fleet(4, pods(4, at(.3))), Duration.ofSeconds(1))))
                        .isGreaterThan(1.2);
            }
        }

        @Test
        void editedWindowKeepsWhatWasObserved() {
            // Given
            Policy policy = new Policy(Triggers.withoutSteps("downscaleStabilizationWindow", "60s"));
            observe(policy, fleet(4, pods(4, at(.7))), 60);
            observe(policy, fleet(4, pods(4, at(.1))), 30);

            // When
            Policy shorter = policy.withTrigger(Triggers.withoutSteps("downscaleStabilizationWindow", "20s"));

            // Then: 30 s after the peak a window of 20 s lets go at once
            assertThat(reported(step(shorter, fleet(4, pods(4, at(.1))), Duration.ofSeconds(1))))
                    .isCloseTo(.4, within(1e-9));
        }

        @Test
        void longerWindowIsNotFullBeforeItHasObservedTheDifference() {
            Policy policy = new Policy(Triggers.withoutSteps("downscaleStabilizationWindow", "60s"));
            observe(policy, fleet(4, pods(4, at(.1))), 600);
            Policy longer = policy.withTrigger(Triggers.withoutSteps("downscaleStabilizationWindow", "90s"));
            assertThat(holdReason(observe(longer, fleet(4, pods(4, at(.1))), 29)))
                    .isEqualTo(HoldReason.WINDOW_NOT_FULL);
            assertThat(reported(step(longer, fleet(4, pods(4, at(.1))), Duration.ofSeconds(1))))
                    .isCloseTo(.4, within(1e-9));
        }
    }

    private static String[] concat(String[] some, String... more) {
        String[] all = java.util.Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }
}
