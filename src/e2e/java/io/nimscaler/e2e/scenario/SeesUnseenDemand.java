package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Gateway;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The same load, four times what it was, ends with the same replicas wherever the requests are that no pod has taken: in the pods' queues,
 * refused, or held at a gateway.
 */
@Scenario
@Order(1)
class SeesUnseenDemand {

    private static final Duration LOADING = ofSeconds(8);
    private static final Duration STEP = ofSeconds(120);

    private static Fleet atTwo(Story story) {
        Fleet llm = story.fleet("llm", 2, LOADING);
        llm.isVllm();
        llm.loadFor(2);
        llm.expectReady(2, SOON);
        return llm;
    }

    private static ScaledObject follow(Story story, Fleet llm, Map<String, String> more) {
        ScaledObject scaling =
                story.scaledObject(llm).trigger(ofSeconds(0), more).apply();
        scaling.expectHpaDesires(2, SOON);
        return scaling;
    }

    /** 4 × what two replicas carry is carried by 8 of them, at most one more or fewer. */
    private static void stepsByFour(Story story, Fleet llm) {
        Instant began = Instant.now();
        llm.load(4 * 0.7 * 1.9);
        story.expect("7 to 9 replicas are ready", STEP, () -> llm.replicas() >= 7
                && llm.replicas() <= 9
                && llm.readyPods() == llm.replicas());
        story.say("7 to 9 replicas after " + Duration.between(began, Instant.now()).toSeconds() + " s: "
                + llm.replicas());
        story.throughout("7 to 9 replicas stay", ofSeconds(25), () -> llm.replicas() >= 7 && llm.replicas() <= 9);
    }

    @Test
    void inQueuesWithoutBound(Story story) {
        story.scaler(1);
        Fleet llm = atTwo(story);
        follow(story, llm, Map.of("metric", "serving_load"));
        stepsByFour(story, llm);
    }

    @Test
    void refusedByBoundedQueues(Story story) {
        story.scaler(1);
        Fleet llm = atTwo(story);
        llm.boundsItsQueues(4, 0);
        ScaledObject scaling = follow(story, llm, Map.of("metric", "serving_load"));
        stepsByFour(story, llm);
        scaling.expectEvent("RequestsRefused", SOON);
    }

    @Test
    void refusedAndAskedForThreeTimesMore(Story story) {
        story.scaler(1);
        Fleet llm = atTwo(story);
        llm.boundsItsQueues(4, 3);
        follow(story, llm, Map.of("metric", "serving_load"));
        stepsByFour(story, llm);
    }

    @Test
    void heldAtAGatewayWhoseDeathTakesNothingAway(Story story) {
        Gateway gateway = story.gateway();
        story.scaler(1, gateway.asWakeSource());
        Fleet llm = atTwo(story);
        gateway.holdsFor(llm);
        ScaledObject scaling =
                follow(story, llm, Map.of("metric", "serving_load", "demandSource", "gateway"));
        stepsByFour(story, llm);

        int before = llm.replicas();
        gateway.dies();
        scaling.expectEvent("DemandSourceUnknown", SOON);
        // Not so near to two full pods that it matters what the batch costs
        llm.load(1);
        llm.expectReplicasKept(before, ofSeconds(30));
        gateway.comesBack();
        llm.expectReplicas(2, SOON);
    }

    @Test
    void kvUsageTakesNothingAwayWhileRequestsWait(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.queue(0.1, 64, 20);
        story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        llm.expectReplicasKept(4, ofSeconds(30));
        llm.queue(0.1, 64, 0);
        llm.expectReplicas(1, SOON);
    }

    /** Decode pods nearly always have requests in their queue whose KV cache comes from a prefill pod. */
    @Test
    void kvUsageTakesDecodePodsAwayWhoseQueueWaitsForNoRoom(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.shows(decodePod(4, 0));
        story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        llm.expectReplicasKept(4, ofSeconds(30));
        llm.shows(decodePod(0, 4));
        llm.expectReplicas(1, SOON);
    }

    private static String decodePod(int forRoom, int deferred) {
        return """
                vllm:kv_cache_usage_perc 0.1
                vllm:num_requests_running 20
                vllm:num_requests_waiting %d
                vllm:num_requests_waiting_by_reason{reason="capacity"} %d
                vllm:num_requests_waiting_by_reason{reason="deferred"} %d
                vllm:prompt_tokens_by_source_total{source="external_kv_transfer"} 50000
                """
                .formatted(forRoom + deferred, forRoom, deferred);
    }
}
