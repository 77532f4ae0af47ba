package io.nimscaler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {

    private static final Trigger TRIGGER = Triggers.with("metric", "serving_load", "targetValue", "0.80");
    private static final double TARGET = .8;

    private static long end(int spec, double value) {
        return end(TRIGGER, spec, value);
    }

    private static long end(Trigger trigger, int spec, double value) {
        long milli = (long) Math.floor(new Steps(trigger).down(value, spec) * 1000 + 1e-6);
        return new HpaFormula(trigger.stabilization().tolerance()).averageValue(milli, 800, spec);
    }

    @ParameterizedTest(name = "{0} that need {1}: {2}")
    @CsvSource({
        // replicas, demand over T, what the HPA ends with
        "2,  0.8,  1",
        "2,  1.0,  2",
        "3,  1.8,  2",
        "3,  1.9,  3",
        "16, 2,    6",
        "9,  7.2,  8",
        "10, 7.1,  8",
        "11, 8.0,  9",
        "12, 8.9,  10",
        "20, 15.3, 17",
        "40, 31,   35"
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
                if (needed <= .8 * (spec - 1) - .2 * spec / 10.0 - 1) {
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

    @Test
    void anotherSizeIsANewObservationAndTheFirstOneSeenIsNot() {
        Steps steps = new Steps(TRIGGER);
        assertThat(steps.endAt(5, OptionalInt.empty())).isFalse();
        assertThat(steps.endAt(5, OptionalInt.of(5))).isFalse();
        assertThat(steps.endAt(6, OptionalInt.of(5))).isTrue();
        assertThat(steps.endAt(4, OptionalInt.of(6))).isTrue();
    }

    /** Somebody else holds more than the step asks for, and then lets go; or the HPA takes a pod at a time. */
    @ParameterizedTest(name = "of {0} the HPA is let down to {1}")
    @CsvSource({"20, 19", "20, 18", "40, 38", "16, 12", "100, 95"})
    void stepThatIsTakenInPartNeverStays(int spec, int taken) {
        Steps steps = new Steps(TRIGGER);
        steps.down(.8 * spec * TARGET, spec);
        int now = taken;
        steps.endAt(now, OptionalInt.of(spec));
        for (int i = 0; i < 100 && now > 1; i++) {
            double value = steps.down(.1, now);
            int next = (int) Math.max(
                    1,
                    Math.min(
                            now,
                            new HpaFormula(TRIGGER.stabilization().tolerance())
                                    .averageValue((long) Math.floor(value * 1000 + 1e-6), 800, now)));
            // One pod at a time, as an HPA policy may say
            next = Math.max(next, now - 1);
            steps.endAt(next, OptionalInt.of(now));
            now = next;
        }
        assertThat(now).isEqualTo(1);
    }

    @Test
    void signalThatDoesNotGoInStepsGoesAtOnce() {
        Steps steps = new Steps(Triggers.with());
        assertThat(steps.down(1.6, 16)).isEqualTo(1.6);
        assertThat(steps.endAt(6, OptionalInt.of(5))).isFalse();
    }

    @Test
    void withoutAWindowThereIsNoStep() {
        Steps steps = new Steps(Triggers.with("metric", "serving_load", "downscaleStabilizationWindow", "0s"));
        assertThat(steps.down(1.6, 16)).isEqualTo(1.6);
    }
}
