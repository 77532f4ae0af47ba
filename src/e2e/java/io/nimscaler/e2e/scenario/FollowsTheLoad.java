package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** The loop closed: more pods carry the same load with less each, and new ones take a while to load their model. */
@Scenario
class FollowsTheLoad {

    @Test
    void throughSlowStarts(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofSeconds(8));
        llm.loadFor(4);
        llm.expectReady(4, SOON);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(15)).apply();
        scaling.expectHpaDesires(4, SOON);

        llm.loadFor(6);
        llm.expectReplicas(6, SOON);
        llm.expectReplicasKept(6, ofSeconds(6));
        llm.expectReady(6, SOON);

        llm.loadFor(8);
        llm.expectReplicas(8, SOON);
        llm.expectReady(8, SOON);
        llm.expectReplicasKept(8, ofSeconds(8));

        llm.loadFor(4);
        llm.expectReplicasKept(8, ofSeconds(8));
        llm.expectReplicas(4, SOON);
        llm.expectReplicasKept(4, ofSeconds(10));
    }
}
