package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Latencies of histograms, rates of counters and gauges by name. */
@Scenario
class FollowsOtherSignals {

    @Test
    void aLatency(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        // 0.14 s to the first token on each of two pods, 0.24 s at the 95th percentile, and requests at work
        llm.queue(0.1, 5, 0);
        llm.serves(40, 0.28);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(
                        ofSeconds(0),
                        Map.of(
                                "metric", "time_to_first_token_seconds",
                                "quantile", "0.95",
                                "targetValue", "0.25",
                                "window", "10s"))
                .with("minReplicaCount", 2)
                .apply();
        scaling.expectHpaDesires(2, SOON);

        // A restart of the engines is neither a spike nor a zero
        llm.restartsCounters();
        llm.expectReplicasKept(2, ofSeconds(10));

        // 0.5 s on each of two pods, 0.17 s on six
        llm.serves(40, 1.0);
        story.expect("at least four replicas are wanted", SOON, () -> llm.replicas() >= 4);
        story.throughout("the same load does not order again and again", ofSeconds(15), () -> llm.replicas() <= 8);

        // Requests at work and none that began within the window: how long they take is not known, and not 0
        llm.serves(0, 0);
        int present = llm.replicas();
        llm.expectReplicasNotBelow(present, ofSeconds(15));

        // No request at work either: known to be idle
        llm.queue(0, 0, 0);
        llm.expectReplicas(2, SOON);
    }

    @Test
    void aRateAndAGauge(Story story) {
        story.scaler(1);
        Fleet tokens = story.fleet("tokens", 2);
        tokens.serves(9, 0.2);
        ScaledObject byRate = story.scaledObject(tokens)
                .trigger(
                        ofSeconds(0),
                        Map.of("metric", "rate(generation_tokens_total)", "targetValue", "1000", "window", "8s"))
                .apply();
        Fleet queue = story.fleet("queue", 2);
        queue.queue(0.1, 8, 4);
        ScaledObject byQueue = story.scaledObject(queue)
                .trigger(ofSeconds(0), Map.of("metric", "num_requests_waiting", "targetValue", "4"))
                .with("maxReplicaCount", 5)
                .apply();
        byRate.expectHpaDesires(2, SOON);
        byQueue.expectHpaDesires(2, SOON);

        // 4,900 tokens a second, each pod waits with ten
        tokens.serves(24.5, 0.2);
        queue.queue(0.1, 8, 10);
        tokens.expectReplicas(5, SOON);
        queue.expectReplicas(5, SOON);
        tokens.restartsCounters();
        tokens.expectReplicasKept(5, ofSeconds(10));

        queue.queue(0.1, 8, 1);
        tokens.serves(9, 0.2);
        queue.expectReplicas(1, SOON);
        tokens.expectReplicas(2, SOON);
    }
}
