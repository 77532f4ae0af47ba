package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** A rollout of the model: surge pods are present, old ones go, new ones load; the load stays the same, and so do the replicas. */
@Scenario
class SurvivesARollout {

    @Test
    void withoutChangingTheReplicas(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofSeconds(5));
        llm.loadFor(4);
        llm.expectReady(4, SOON);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        llm.rollOut();
        llm.expectReplicasKept(4, ofSeconds(30));
        story.expect("the rollout is complete", SOON, llm::isRolledOut);
        llm.expectReplicasKept(4, ofSeconds(10));
    }
}
