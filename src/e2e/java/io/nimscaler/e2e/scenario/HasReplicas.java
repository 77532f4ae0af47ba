package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Two replicas of the scaler behind the headless Service of k8s/base, one process for each pod address. */
@Scenario
@Order(1)
class HasReplicas {

    @Test
    void ofWhichOneMayDie(Story story) {
        Scaler scaler = story.scaler(2);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(5)).apply();
        scaling.expectHpaDesires(4, SOON);

        scaler.kill();
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
        scaler.expectReady(2, SOON);
        llm.loadFor(4);
        llm.expectReplicas(4, SOON);
    }

    @Test
    void thatARollingUpdateReplacesUnderLoad(Story story) {
        Scaler scaler = story.scaler(2);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);
        llm.expectReplicasKept(4, ofSeconds(5));

        int failedBefore = scaling.events("KEDAScalerFailed");
        scaler.rollOut();
        llm.expectReplicasKept(4, ofSeconds(25));
        // Each new replica has to be ready for the Deployment's minReadySeconds before an old one goes
        story.expect("the update is complete", ofSeconds(180), scaler::isRolledOut);
        llm.expectReplicasKept(4, ofSeconds(10));
        story.expect("no call of KEDA failed", ofSeconds(1), () -> scaling.events("KEDAScalerFailed") == failedBefore);
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
    }
}
