package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** KV usage saturates at 1 while a queue grows. Serving load counts the queue, and asks for all that is needed at once. */
@Scenario
@Order(1)
class SeesTheQueue {

    @Test
    void byServingLoad(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofSeconds(45));
        llm.loadFor(4);
        llm.expectReady(4, SOON);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("metric", "serving_load"))
                .apply();
        scaling.expectHpaDesires(4, SOON);

        // 4 full pods alone would ask for 6
        llm.loadFor(8);
        llm.expectReplicas(8, ofSeconds(40));
        story.expect("none of the new pods is ready", ofSeconds(1), () -> llm.readyPods() == 4);
        llm.expectReady(8, SOON);
        llm.expectReplicasKept(8, ofSeconds(10));
    }

    @Test
    void andCreditsPodsThatLoad(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofSeconds(45));
        llm.loadFor(4);
        llm.expectReady(4, SOON);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("metric", "serving_load", "loadingCredit", "true", "smoothingUp", "0s"))
                .apply();
        scaling.expectHpaDesires(4, SOON);
        llm.loadFor(8);
        story.expect("at least six replicas are wanted", ofSeconds(40), () -> llm.replicas() >= 6);
        llm.expectReplicasNotBelow(6, ofSeconds(5));

        // Those that load will take their share of what grows meanwhile: it orders none beside them
        int ordered = llm.replicas();
        llm.loadFor(ordered + 2);
        llm.expectReplicasKept(ordered, ofSeconds(12));
        story.expect("none of the new pods is ready", ofSeconds(1), () -> llm.readyPods() == 4);
        // What is beyond it, once they are ready; what queued up meanwhile may ask for one more
        story.expect("two more replicas are wanted", SOON, () -> llm.replicas() >= ordered + 2);
        llm.expectReplicasNotBelow(ordered + 2, ofSeconds(5));
    }

    @Test
    void andSaysSoWhereOnlyKvUsageDecides(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        // Few tokens each, and so many requests that the engine admits no more: KV usage stays low
        llm.queue(0.3, 64, 40);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectEvent("RequestsWaiting", SOON);
    }

    /** Nearly as many tokens with 4 requests at once as with 64: it looks quiet, and has no room. */
    @Test
    void andKeepsPodsThatDoAsMuchAsFullOnesDid(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.queue(0.5, 64, 8);
        llm.serves(40, 0.3);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("metric", "serving_load"))
                .with("maxReplicaCount", 4)
                .apply();
        scaling.expectHpaDesires(4, SOON);
        llm.expectReplicasKept(4, ofSeconds(40));

        llm.queue(0.1, 4, 0);
        llm.expectReplicasKept(4, ofSeconds(45));

        llm.queue(0, 0, 0);
        llm.serves(0, 0);
        story.expect("fewer replicas are wanted", SOON, () -> llm.replicas() < 4);
    }

    /** Requests go to the pods in turn. Two of six are slower: they are full, and the others have room. */
    @Test
    void andHelpsPodsThatAreSlowerThanTheOthers(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 6);
        llm.queue(0.3, 8, 0);
        llm.serves(30, 0.3);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(600), Map.of("metric", "serving_load"))
                .with("maxReplicaCount", 8)
                .apply();
        scaling.expectHpaDesires(6, SOON);

        llm.someShow(2, 1.0, 64, 2);
        // Together they carry what five replicas do at a target of 0.70
        llm.expectReplicasKept(6, ofSeconds(60));
        scaling.expectEvent("RequestsUneven", ofSeconds(360));
        story.expect("more replicas are wanted", SOON, () -> llm.replicas() > 6);
    }
}
