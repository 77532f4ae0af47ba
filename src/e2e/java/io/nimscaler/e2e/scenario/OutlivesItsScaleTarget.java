package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** The scale target is deleted and made again under the same name: another object, other pods. */
@Scenario
class OutlivesItsScaleTarget {

    @Test
    void andScalesTheNewOne(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(5)).apply();
        scaling.expectHpaDesires(4, SOON);

        llm.delete();
        llm.createAgain();
        llm.expectReady(4, SOON);
        llm.expectReplicasNotBelow(4, ofSeconds(10));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
    }
}
