package io.nimscaler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {

    private static final Trigger TRIGGER = Triggers.with("metric", "serving_load", "targetValue", "0.80");
    private static final double TARGET = .8;
    private static final OptionalDouble NOTHING = OptionalDouble.empty();

    private static long end(int spec, double value) {
        return end(TRIGGER, spec, value);
    }

    private static long end(Trigger trigger, int spec, double value) {
        return hpa(trigger, new Steps(trigger).down(value, spec), spec);
    }

    private static long hpa(Trigger trigger, double value, int spec) {
        // As answers are rounded
        long milli = (long) Math.rint(value * 1000);
        return new HpaFormula(trigger.stabilization().tolerance()).averageValue(milli, 800, spec);
    }

    @ParameterizedTest(name = "{0} that need {1}: {2}")
    @CsvSource({
        // replicas, demand over T, what the HPA ends with
        "2,  0.5,  1",
        "2,  0.7,  2",
        "3,  1.5,  2",
        "3,  1.7,  3",
        "16, 2,    6",
        "9,  7.5,  8",
        "9,  7.7,  9",
        "10, 7.1,  9",
        "10, 8.5,  9",
        "10, 8.7,  10",
        "11, 8.0,  10",
        "12, 8.9,  11",
        "12, 10.5, 11",
        "12, 10.7, 12",
        "20, 15.3, 18",
        "20, 17.5, 18",
        "20, 17.7, 20",
        "40, 31,   36",
        "40, 35.5, 36",
        "40, 35.7, 40"
    })
    void stepGoesTheSquareRootOfTheWayAndIsNeverNone(int spec, double needed, long expected) {
        assertThat(end(spec, needed * TARGET)).isEqualTo(expected);
    }

    @Test
    void noStepGoesFurtherThanTheLoadAllows() {
        for (int spec = 2; spec <= 200; spec++) {
            for (double share = .01; share < 1; share += .01) {
                double needed = share * spec;
                long end = end(spec, needed * TARGET);
                assertThat(end).isBetween((long) Math.ceil(needed - 1e-9), (long) spec);
                if (needed <= Math.min(spec - 1, .9 * spec) - .42) {
                    assertThat(end).as("%s of %s", needed, spec).isLessThan(spec);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.05", "0.1", "0.2", "0.5"})
    void toleranceOfTheHpaIsMinded(String tolerance) {
        Trigger trigger = Triggers.with("metric", "serving_load", "targetValue", "0.80", "tolerance", tolerance);
        for (int spec = 2; spec <= 100; spec++) {
            assertThat(end(trigger, spec, .2 * spec * TARGET)).isLessThan(spec);
        }
    }

    /** The load of four windows of 5 minutes: what they saw of the ups and downs takes the place of four tenths of a replica. */
    private static Steps observed(double highest, Duration ago) {
        Steps steps = new Steps(TRIGGER);
        steps.observe(highest * TARGET, Duration.ofMinutes(20).minus(ago));
        steps.observe(.1 * TARGET, ago);
        return steps;
    }

    @ParameterizedTest(name = "{0} that need {1} and needed {2} within four windows: {3}")
    @CsvSource({
        // replicas, demand over T, its highest, what the HPA ends with
        "16, 15,  15,   15",
        "16, 14.3, 14.3, 15",
        "9,  7.9, 8.7,  8",
        "9,  7.9, 8.9,  9",
        "4,  2.6, 3.2,  3",
        "4,  2.6, 3.4,  4",
        "4,  2.6, 5.1,  4",
        "4,  2.4, 4.7,  4",
        "4,  2.4, 4.8,  3",
        "12, 6,   10.5, 10",
        "12, 6,   9.7,  9",
        "5,  4,   4.3,  4",
        "2,  1,   1,    1",
        "2,  .9,  1.2,  2"
    })
    void smallerFleetWouldKeepItsSizeAtTheHighestOfTheLastWindows(
            int spec, double needed, double highest, long expected) {
        Steps steps = observed(highest, Duration.ofMinutes(10));
        assertThat(hpa(TRIGGER, steps.down(needed * TARGET, spec), spec)).isEqualTo(expected);
    }

    @Test
    void whatIsHeldForUpsAndDownsIsAReportWithinTheTolerance() {
        for (int spec = 2; spec <= 60; spec++) {
            for (double highest = .5; highest < 2 * spec; highest += .37) {
                Steps steps = observed(highest, Duration.ofMinutes(5));
                long end = hpa(TRIGGER, steps.down(.7 * spec * TARGET, spec), spec);
                assertThat(end).isLessThanOrEqualTo(spec);
                if (end < spec && .7 * spec > .5 * highest) {
                    assertThat(hpa(TRIGGER, highest * TARGET, (int) end))
                            .as("%s → %s, at %s", spec, end, highest)
                            .isLessThanOrEqualTo(end);
                }
            }
        }
    }

    @Test
    void upsAndDownsAreForgottenAfterFourWindows() {
        Steps steps = observed(3.4, Duration.ofMinutes(19));
        assertThat(hpa(TRIGGER, steps.down(2.6 * TARGET, 4), 4)).isEqualTo(4);
        steps.observe(2.6 * TARGET, Duration.ofMinutes(2));
        assertThat(hpa(TRIGGER, steps.down(2.6 * TARGET, 4), 4)).isEqualTo(3);
    }

    /** They are the load's, whatever one replica is to carry of it. */
    @ParameterizedTest
    @CsvSource({"targetValue, 0.79", "tolerance, 0.11", "downscaleStabilizationWindow, 6m"})
    void upsAndDownsOutliveAnEdit(String key, String value) {
        Map<String, String> metadata = new HashMap<>(Map.of("metric", "serving_load", "targetValue", "0.80"));
        metadata.put(key, value);
        Trigger edited = Triggers.with(metadata.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new));
        Steps steps = new Steps(edited);
        steps.resumeAfterEdit(observed(3.4, Duration.ofMinutes(10)));
        long milli = (long) Math.rint(steps.down(2.5 * TARGET, 4) * 1000);
        long targetMilli = Math.round(edited.target().value() * 1000);
        assertThat(new HpaFormula(edited.stabilization().tolerance()).averageValue(milli, targetMilli, 4))
                .isEqualTo(4);
    }

    /** Who began a moment ago leaves room for what was not seen. */
    @Test
    void fourTenthsOfAReplicaAreFreeUntilTheUpsAndDownsWereObserved() {
        Steps steps = new Steps(TRIGGER);
        steps.observe(2.7 * TARGET, Duration.ofMinutes(19));
        assertThat(hpa(TRIGGER, steps.down(2.7 * TARGET, 4), 4)).isEqualTo(4);
        steps.observe(2.7 * TARGET, Duration.ofMinutes(1));
        assertThat(hpa(TRIGGER, steps.down(2.7 * TARGET, 4), 4)).isEqualTo(3);
    }

    @Test
    void anotherSizeIsANewObservationAndTheFirstOneSeenIsNot() {
        Steps steps = new Steps(TRIGGER);
        assertThat(steps.endAt(5, OptionalInt.empty(), NOTHING)).isFalse();
        assertThat(steps.endAt(5, OptionalInt.of(5), NOTHING)).isFalse();
        assertThat(steps.endAt(6, OptionalInt.of(5), NOTHING)).isTrue();
        assertThat(steps.endAt(4, OptionalInt.of(6), NOTHING)).isTrue();
    }

    /** Somebody else holds more than the step asks for, and then lets go; or the HPA takes a pod at a time. */
    @ParameterizedTest(name = "of {0} the HPA is let down to {1}")
    @CsvSource({"20, 19", "20, 18", "40, 38", "16, 12", "100, 95"})
    void stepThatIsTakenInPartNeverStays(int spec, int taken) {
        Steps steps = new Steps(TRIGGER);
        steps.down(.8 * spec * TARGET, spec);
        int now = taken;
        steps.endAt(now, OptionalInt.of(spec), NOTHING);
        for (int i = 0; i < 100 && now > 1; i++) {
            double value = steps.down(.1, now);
            int next = (int) Math.max(1, Math.min(now, hpa(TRIGGER, value, now)));
            // One pod at a time, as an HPA policy may say
            next = Math.max(next, now - 1);
            steps.endAt(next, OptionalInt.of(now), NOTHING);
            now = next;
        }
        assertThat(now).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gpu_cache_usage_perc", "num_requests_running", "serving_load", "time_to_first_token_seconds"})
    void signalThatBendsGoesInSteps(String metric) {
        assertThat(new Steps(Triggers.with("metric", metric)).down(1.6, 16)).isGreaterThan(4);
    }

    @Test
    void signalThatDoesNotGoInStepsGoesAtOnce() {
        Steps steps = new Steps(Triggers.withoutSteps());
        assertThat(steps.down(1.6, 16)).isEqualTo(1.6);
        assertThat(steps.endAt(6, OptionalInt.of(5), NOTHING)).isFalse();
    }

    @Test
    void withoutAWindowThereIsNoStep() {
        Steps steps = new Steps(Triggers.with("metric", "serving_load", "downscaleStabilizationWindow", "0s"));
        assertThat(steps.down(1.6, 16)).isEqualTo(1.6);
    }

    private static OptionalDouble load(double load) {
        return OptionalDouble.of(load);
    }

    @Test
    void stepThatTheSameLoadTakesBackIsNotTriedAgainForAnHour() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(8, OptionalInt.of(9), load(6));
        steps.pass(Duration.ofMinutes(29));
        steps.endAt(9, OptionalInt.of(8), load(7.5));

        assertThat(steps.isBarred(6, 9)).isTrue();
        assertThat(steps.isBarred(4.6, 9)).isTrue();
        assertThat(steps.isBarred(4.5, 9)).as("three quarters of it").isFalse();
        steps.pass(Duration.ofMinutes(59));
        assertThat(steps.isBarred(6, 9)).isTrue();
        steps.pass(Duration.ofMinutes(1));
        assertThat(steps.isBarred(6, 9)).isFalse();
    }

    @Test
    void barIsForTheLoadThatTookTheStepBackAndForNoHigherOne() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(3, OptionalInt.of(4), load(2.2));
        steps.endAt(4, OptionalInt.of(3), load(2.2));

        assertThat(steps.isBarred(3, 4)).isTrue();
        assertThat(steps.isBarred(20, 50)).as("after a spike").isFalse();
    }

    /** A latency stays low until a fleet is full: what it is at another size does not say that the load has grown. */
    @Test
    void levelThatTakesAStepBackBarsTheSizeWhateverTheLevel() {
        Trigger latency =
                Triggers.with("metric", "time_to_first_token_seconds", "quantile", "0.95", "targetValue", "0.80");
        Steps steps = new Steps(latency);
        steps.endAt(4, OptionalInt.of(8), load(.8));
        steps.endAt(8, OptionalInt.of(4), load(6.4));

        assertThat(steps.takenBack()).hasValue(4);
        assertThat(steps.isBarred(.1, 5)).isTrue();
        assertThat(steps.isBarred(.1, 8)).isFalse();
        assertThat(hpa(latency, steps.down(.1, 8), 8)).as("down to above it").isEqualTo(5);
        steps.pass(Steps.BARRED_FOR);
        assertThat(steps.isBarred(.1, 5)).isFalse();
    }

    /** 9 → 8, and the load that took it back went too far: 12 are not what it needs. */
    @Test
    void sizeIsBarredAndNoneAboveIt() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(8, OptionalInt.of(9), load(5.7));
        steps.endAt(12, OptionalInt.of(8), load(6.6));

        assertThat(steps.takenBack()).hasValue(8);
        assertThat(steps.isBarred(5.7, 12)).isFalse();
        assertThat(hpa(TRIGGER, steps.down(5.0, 12), 12)).as("√ of the way").isEqualTo(9);
        steps.endAt(10, OptionalInt.of(12), load(5.7));
        assertThat(steps.isBarred(5.7, 10)).isFalse();
        assertThat(hpa(TRIGGER, steps.down(5.0, 10), 10)).isEqualTo(9);
        assertThat(steps.isBarred(5.0, 9)).isTrue();
        assertThat(steps.isBarred(5.0, 8)).isTrue();
        assertThat(steps.isBarred(4.2, 9)).as("three quarters of the load").isFalse();
    }

    /** Nor does a step that is under way end below it, or one that the tolerance makes longer. */
    @Test
    void noStepEndsAtWhatIsBarred() {
        for (int size = 1; size <= 60; size++) {
            for (int spec = size + 1; spec <= 100; spec++) {
                Steps steps = new Steps(TRIGGER);
                double value = .8 * size;
                steps.endAt(size, OptionalInt.of(size + 1), load(value));
                steps.endAt(spec, OptionalInt.of(size), load(value));
                if (!steps.isBarred(value, spec)) {
                    assertThat(hpa(TRIGGER, steps.down(value, spec), spec))
                            .as("from %s, %s are barred", spec, size)
                            .isGreaterThan(size);
                    assertThat(hpa(TRIGGER, steps.down(value, spec), spec))
                            .as("again")
                            .isGreaterThan(size);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} = {1}: {2}")
    @CsvSource({
        "targetValue, 0.85, false",
        "tolerance, 0.2, false",
        "downscaleStabilizationWindow, 10m, false",
        "smoothingUp, 7s, true",
        "startingDeadline, 20m, true"
    })
    void editOfWhatAStepMeansEndsTheBar(String key, String value, boolean stays) {
        Steps before = new Steps(TRIGGER);
        before.endAt(8, OptionalInt.of(9), load(6));
        before.endAt(9, OptionalInt.of(8), load(6));
        before.endAt(8, OptionalInt.of(9), load(6));
        Map<String, String> metadata = new HashMap<>(Map.of("metric", "serving_load", "targetValue", "0.80"));
        metadata.put(key, value);

        Steps edited = new Steps(Triggers.with(metadata.entrySet().stream()
                .flatMap(one -> Stream.of(one.getKey(), one.getValue()))
                .toArray(String[]::new)));
        edited.resumeAfterEdit(before);

        assertThat(edited.state()).isEqualTo(stays ? before.state() : new Steps(TRIGGER).state());
        assertThat(edited.isBarred(6, 9)).isEqualTo(stays);
    }

    @Test
    void wayToZeroIsNoStepThatWakingTakesBack() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(0, OptionalInt.of(1), load(.00005));
        steps.endAt(1, OptionalInt.of(0), load(.00005));

        assertThat(steps.isBarred(.00005, 9)).isFalse();
    }

    @Test
    void loadThatGrewSaysNothingOfTheStep() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(8, OptionalInt.of(9), load(6));
        steps.endAt(12, OptionalInt.of(8), load(8.5));
        assertThat(steps.isBarred(6, 9)).isFalse();
    }

    @Test
    void stepThatHeldForHalfAnHourWasRight() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(8, OptionalInt.of(9), load(6));
        steps.pass(Duration.ofMinutes(30));
        steps.endAt(9, OptionalInt.of(8), load(7.5));
        assertThat(steps.isBarred(6, 9)).isFalse();
    }

    /** Whoever began meanwhile, or saw no load at that moment, may try. */
    @Test
    void whatWasNotSeenBarsNothing() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(9, OptionalInt.of(8), load(7.5));
        assertThat(steps.isBarred(.1, 9)).isFalse();
        steps.endAt(8, OptionalInt.of(9), NOTHING);
        steps.endAt(9, OptionalInt.of(8), load(7.5));
        assertThat(steps.isBarred(.1, 9)).isFalse();
    }

    @Test
    void anotherOneGoesOnFromItsState() {
        Steps steps = new Steps(TRIGGER);
        steps.endAt(8, OptionalInt.of(9), load(6));
        Steps second = new Steps(TRIGGER);
        second.resume(steps.state());
        second.endAt(9, OptionalInt.of(8), load(7));
        assertThat(second.isBarred(6, 9)).isTrue();
        Steps third = new Steps(TRIGGER);
        third.resume(second.state());
        assertThat(third.isBarred(6, 9)).isTrue();
    }

    @Test
    void signalThatDoesNotGoInStepsBarsNone() {
        Steps steps = new Steps(Triggers.withoutSteps());
        steps.endAt(8, OptionalInt.of(9), load(6));
        steps.endAt(9, OptionalInt.of(8), load(7));
        assertThat(steps.isBarred(6, 9)).isFalse();
    }
}
