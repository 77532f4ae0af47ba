package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fault;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What KEDA offers around a trigger works with ours. */
@Scenario
class ObeysKeda {

    @Test
    void severalTriggersTheLargestWins(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        // 85 requests run on two pods of 64 slots: 5 replicas at 18 each, 2 at 0.70 of the KV cache
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0))
                .trigger(ofSeconds(0), Map.of("metric", "num_requests_running", "targetValue", "18"))
                .apply();
        scaling.expectHpaDesires(5, SOON);
        llm.load(0.3);
        llm.expectReplicas(2, SOON);
    }

    @Test
    void pausedStaysPaused(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        scaling.annotation("autoscaling.keda.sh/paused", "true").apply();
        // KEDA takes the HPA away
        scaling.expectHpaDesires(0, SOON);
        llm.loadFor(7);
        llm.expectReplicasKept(4, ofSeconds(12));
        scaling.withoutAnnotation("autoscaling.keda.sh/paused").apply();
        llm.expectReplicas(7, SOON);
    }

    @Test
    void cachedMetrics(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0))
                .lastTrigger(trigger -> trigger.put("useCachedMetrics", true))
                .apply();
        scaling.expectHpaDesires(2, SOON);
        llm.loadFor(5);
        llm.expectReplicas(5, SOON);
        llm.loadFor(2);
        llm.expectReplicas(2, SOON);
    }

    @Test
    void fallbackWhenWeSayUnknown(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 3);
        llm.loadFor(3);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("staleAfter", "3s", "unavailableAfter", "5s"))
                .with("fallback", Map.of("failureThreshold", 3, "replicas", 6, "behavior", "currentReplicasIfHigher"))
                .apply();
        scaling.expectHpaDesires(3, SOON);

        llm.fails(Fault.RESET);
        llm.expectReplicas(6, SOON);
        llm.recovers();
        llm.expectReplicas(3, SOON);
    }

    @Test
    void scalerAwayIsAnErrorNotZero(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        scaler.killAll();
        llm.expectReplicasKept(4, ofSeconds(20));
        scaler.start();
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
    }
}
