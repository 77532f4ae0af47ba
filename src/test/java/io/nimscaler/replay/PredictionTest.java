package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What is predicted of other settings comes about where they are really set: on a fleet that the whole scaler polls. */
class PredictionTest {

    private static final int LENGTH = 5 * 3_600;

    private static final Map<String, String> B = Map.of("targetValue", "0.5");
    private static final Map<String, String> C =
            Map.of("targetValue", "0.9", "downscaleStabilizationWindow", "1m", "smoothingUp", "15s");

    private static Trigger with(Map<String, String> others) {
        return Triggers.with(others.entrySet().stream()
                .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new));
    }

    /** Two waves, a step and noise, the same for all. */
    private static IntToDoubleFunction load(long seed) {
        Random random = new Random(seed);
        double[] load = new double[LENGTH];
        double noise = 0;
        for (int i = 0; i < LENGTH; i++) {
            noise = .99 * noise + .012 * random.nextGaussian();
            double wave = 4 + 3 * Math.sin(2 * Math.PI * i / 7_200.0) + (i > 15_000 && i < 17_000 ? 2 : 0);
            load[i] = wave * Math.exp(noise);
        }
        return i -> load[i];
    }

    private static Outcome was(RecordedLife life) {
        FleetHistory history = FleetHistory.of(life.recordings());
        return WhatIf.of(history, Question.of(history, Map.of()), Stop.never()).was();
    }

    @Test
    void ofARecordingAndOfMinutes() {
        IntToDoubleFunction load = load(2);
        RecordedLife a = RecordedLife.of(Triggers.with(), LENGTH, load);
        Outcome b = was(RecordedLife.of(with(B), LENGTH, load));
        Outcome c = was(RecordedLife.of(with(C), LENGTH, load));
        FleetHistory recorded = FleetHistory.of(a.recordings());
        for (FleetHistory history : java.util.List.of(recorded, FleetHistory.ofMinutes(a.minutes()))) {
            // Of a minute three numbers are known, and the fleet that was had its HPA's syncs at one of the moments of
            // which the prediction is the mean
            double points = history == recorded ? .02 : .035;
            Outcome predictedB = predict(history, B);
            Outcome predictedC = predict(history, C);

            assertThat(predictedB.replicaHours()).isCloseTo(b.replicaHours(), within(.1 * b.replicaHours()));
            assertThat(predictedC.replicaHours()).isCloseTo(c.replicaHours(), within(.1 * c.replicaHours()));
            assertThat(predictedB.overloadedTime()).isCloseTo(b.overloadedTime(), within(points));
            assertThat(predictedC.overloadedTime()).isCloseTo(c.overloadedTime(), within(points));
            assertThat(predictedB.replicaHours()).isGreaterThan(predictedC.replicaHours());
            assertThat(predictedB.overloadedTime()).isLessThanOrEqualTo(predictedC.overloadedTime());
        }
    }

    /** Waves of 200 s, an HPA that syncs every 2 s, and pods that are scheduled 3 s after it wrote: each second of lag is 2 to 3 points of overload. */
    @Test
    void theWayFromAWishToAPodIsPartOfWhatIsPredicted() {
        RecordedLife.ControlPlane slow = new RecordedLife.ControlPlane(2, 3, 8);
        IntToDoubleFunction waves = i -> 2.5 + 1.8 * Math.sin(2 * Math.PI * i / 200);
        Map<String, String> thrifty = Map.of("targetValue", "0.9", "downscaleStabilizationWindow", "5s");
        Trigger quick = with(Map.of(
                "pollInterval", "500ms",
                "smoothingUp", "1s",
                "smoothingDown", "1s",
                "downscaleStabilizationWindow", "20s"));
        RecordedLife life = RecordedLife.of(quick, slow, 600, waves);
        Outcome was = was(RecordedLife.of(
                with(Map.of(
                        "pollInterval", "500ms",
                        "smoothingUp", "1s",
                        "smoothingDown", "1s",
                        "targetValue", "0.9",
                        "downscaleStabilizationWindow", "5s")),
                slow,
                600,
                waves));
        Map<String, String> asked = new java.util.HashMap<>(thrifty);
        asked.put("hpaSyncPeriod", "2s");

        Outcome predicted = predict(FleetHistory.of(life.recordings()), asked);

        assertThat(predicted.overloadedTime()).isCloseTo(was.overloadedTime(), within(.025));
        assertThat(predicted.replicaHours()).isCloseTo(was.replicaHours(), within(.02 * was.replicaHours()));
    }

    private static Outcome predict(FleetHistory history, Map<String, String> others) {
        Map<String, String> given = new java.util.HashMap<>(others);
        given.put("minReplicaCount", "1");
        return WhatIf.of(history, Question.of(history, given), Stop.never())
                .other()
                .outcome();
    }

    @Test
    void openLoopUnderTheSameMetadataDecidesTheSame() {
        RecordedLife life = RecordedLife.of(Triggers.with(), 3_600, load(3));

        OpenLoop same = OpenLoop.of(life.recordings(), Triggers.with(), Stop.never());
        OpenLoop other = OpenLoop.of(life.recordings(), Triggers.with("targetValue", "0.5"), Stop.never());

        assertThat(same.decisions()).isEqualTo(3_600);
        assertThat(same.differing()).isZero();
        assertThat(same.fromTheBeginning()).isFalse();
        assertThat(other.differing()).isPositive();
        assertThat(other.other().mean().orElseThrow())
                .isGreaterThan(other.present().mean().orElseThrow());
    }

    @Test
    void startUpsAreMeasured() {
        RecordedLife life = RecordedLife.of(Triggers.with(), LENGTH / 3, load(1));

        assertThat(FleetHistory.of(life.recordings()).startUps())
                .isNotEmpty()
                .allSatisfy(seconds -> assertThat(seconds).isCloseTo(RecordedLife.START_UP, within(5.0)));
        assertThat(FleetHistory.ofMinutes(life.minutes()).startUps())
                .isNotEmpty()
                .allSatisfy(seconds -> assertThat(seconds).isCloseTo(RecordedLife.START_UP, within(5.0)));
    }
}
