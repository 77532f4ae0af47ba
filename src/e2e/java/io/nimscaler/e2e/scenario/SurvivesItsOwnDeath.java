package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** A scaler that was killed has forgotten the peak; it must not take away what the peak needed. */
@Scenario
class SurvivesItsOwnDeath {

    @Test
    void atThePeak(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(8);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(20)).apply();
        scaling.expectHpaDesires(8, SOON);

        scaler.killAll();
        llm.loadFor(2);
        llm.expectReplicasKept(8, ofSeconds(8));
        scaler.start();
        scaler.expectReady(1, SOON);
        llm.expectReplicasKept(8, ofSeconds(15));
        // In steps, after two windows
        llm.expectReplicas(3, SOON.plusSeconds(30));
    }

    @Test
    void atTheTrough(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(60)).apply();
        scaling.expectHpaDesires(2, SOON);

        scaler.killAll();
        llm.loadFor(5);
        scaler.start();
        llm.expectReplicas(5, SOON);
    }
}
