package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import io.nimscaler.history.RecordingReader;
import io.nimscaler.replay.FleetHistory;
import io.nimscaler.replay.Outcome;
import io.nimscaler.replay.Question;
import io.nimscaler.replay.Stop;
import io.nimscaler.replay.Texts;
import io.nimscaler.replay.WhatIf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three fleets under the same load, each with settings of its own: what is predicted of two of them from what was recorded of the first
 * comes about. Time is compressed: waves of some minutes, pods that start in seconds, an HPA that syncs every two.
 */
@Scenario
class PredictsOtherSettings {

    private static final Duration LENGTH = ofSeconds(400);

    private static final double PERIOD_SECONDS = 200;

    /** A waiting request then takes what is assumed of it where a recording does not say how many run. */
    private static final int AT_ONCE = 50;

    private static final Map<String, String> HPA =
            Map.of("hpaSyncPeriod", "2s", "minReplicaCount", "1", "maxReplicaCount", "20");

    @Test
    @Tag("long")
    void fromARecordingOfThePresentOnes(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet a = story.fleet("as-set", 4, ofSeconds(8));
        Fleet b = story.fleet("generous", 4, ofSeconds(8));
        Fleet c = story.fleet("thrifty", 4, ofSeconds(8));
        List<Fleet> fleets = List.of(a, b, c);
        fleets.forEach(fleet -> fleet.load(2.5, AT_ONCE));
        fleets.forEach(fleet -> fleet.expectReady(4, SOON));
        ScaledObject ofA = story.scaledObject(a).trigger(ofSeconds(20)).apply();
        ScaledObject ofB = story.scaledObject(b)
                .trigger(ofSeconds(40), Map.of("targetValue", "0.50"))
                .apply();
        ScaledObject ofC = story.scaledObject(c)
                .trigger(ofSeconds(5), Map.of("targetValue", "0.90"))
                .apply();
        ofA.expectHpaDesires(4, SOON);
        ofB.expectHpaDesires(5, SOON);
        ofC.expectHpaDesires(3, SOON);
        Instant began = Instant.now();
        story.throughout("waves", LENGTH, ofSeconds(1), () -> {
            double t = Duration.between(began, Instant.now()).toMillis() / 1000.0;
            double load = Math.round((2.5 + 1.8 * Math.sin(2 * Math.PI * t / PERIOD_SECONDS)) * 100) / 100.0;
            fleets.forEach(fleet -> fleet.load(load, AT_ONCE));
            return true;
        });

        // To find out why, where a prediction misses
        story.report("what-if-as-set.ndjson", String.join("\n", scaler.recording(ofA)));
        FleetHistory history = recorded(scaler, ofA, began);
        Outcome wasB = was(recorded(scaler, ofB, began));
        Outcome wasC = was(recorded(scaler, ofC, began));
        Outcome predictedB = predicted(history, Map.of("targetValue", "0.5", "downscaleStabilizationWindow", "40s"));
        Outcome predictedC = predicted(history, Map.of("targetValue", "0.9", "downscaleStabilizationWindow", "5s"));
        String report =
                "as set: " + text(was(history)) + ", model " + text(predicted(history, Map.of())) + "\ngenerous: "
                        + text(wasB) + ", predicted " + text(predictedB) + "\nthrifty: " + text(wasC) + ", predicted "
                        + text(predictedC) + "\n";
        story.say(report);
        story.report("what-if.md", report);
        story.report(
                "what-if.json",
                scaler.whatIf(
                        ofA,
                        "{\"settings\": {\"targetValue\": \"0.5\", \"hpaSyncPeriod\": \"2s\", \"maxReplicaCount\":"
                                + " \"20\"}}"));

        assertThat(predictedB.replicaHours()).isCloseTo(wasB.replicaHours(), within(.1 * wasB.replicaHours()));
        assertThat(predictedC.replicaHours()).isCloseTo(wasC.replicaHours(), within(.1 * wasC.replicaHours()));
        assertThat(predictedB.overloadedTime()).isCloseTo(wasB.overloadedTime(), within(.02));
        assertThat(predictedC.overloadedTime()).isCloseTo(wasC.overloadedTime(), within(.02));
        assertThat(predictedB.replicaHours()).isGreaterThan(predictedC.replicaHours());
        assertThat(wasB.replicaHours()).isGreaterThan(wasC.replicaHours());
    }

    private static FleetHistory recorded(Scaler scaler, ScaledObject scaledObject, Instant from) {
        return FleetHistory.of(RecordingReader.read(scaler.recording(scaledObject).stream()))
                .since(from);
    }

    private static Outcome was(FleetHistory history) {
        return WhatIf.of(history, Question.of(history, HPA), Stop.never()).was();
    }

    private static Outcome predicted(FleetHistory history, Map<String, String> others) {
        Map<String, String> given = new java.util.HashMap<>(HPA);
        given.putAll(others);
        return WhatIf.of(history, Question.of(history, given), Stop.never())
                .other()
                .outcome();
    }

    private static String text(Outcome outcome) {
        return Texts.number(outcome.replicaHours(), 3) + " replica-hours, overloaded "
                + Texts.percent(outcome.overloadedTime(), 2) + " of the time";
    }
}
