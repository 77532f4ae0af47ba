package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Fault;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Prometheus;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One ScaledObject with several triggers: ours, and KEDA's own on Prometheus, so that what PromQL can say joins in. */
@Scenario
class JoinsOtherTriggers {

    @Test
    void theLargestWins(Story story) {
        Prometheus prometheus = story.prometheus();
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0))
                .trigger(ofSeconds(0), Map.of("metric", "serving_load", "pollInterval", "2s"))
                .prometheusTrigger(
                        prometheus, "max(num_requests_waiting{namespace=\"" + story.namespace() + "\"})", "3")
                .apply();
        scaling.expectHpaDesires(2, SOON);

        // Ours want one replica each, with 15 waiting on the busiest pod Prometheus wants five
        llm.queue(0.1, 10, 15);
        llm.expectReplicas(5, SOON);
        llm.expectReady(5, SOON);

        llm.countAgain();
        llm.expectReplicasKept(5, ofSeconds(10));
        // Every 500 ms for the one trigger, which is often enough for the other one
        assertThat(llm.asked("keda-nim-scaler")).hasSize(5).allSatisfy(times -> assertThat(times)
                .isBetween(12, 22));

        // Nothing waits any more, and KV usage wants six
        llm.loadFor(6);
        llm.expectReplicas(6, SOON);
    }

    @Test
    void aLoadAndALatency(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.queue(0.6, 5, 0);
        llm.serves(40, 0.28);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("metric", "serving_load"))
                .trigger(
                        ofSeconds(0),
                        Map.of(
                                "metric", "time_to_first_token_seconds",
                                "quantile", "0.95",
                                "targetValue", "0.25",
                                "window", "10s"))
                .apply();
        scaling.expectHpaDesires(2, SOON);

        // The load asks for one, and no longer for more: 0.5 s to the first token on each of two pods does
        llm.queue(0.1, 1, 0);
        llm.serves(40, 1.0);
        story.expect("at least four replicas are wanted", SOON, () -> llm.replicas() >= 4);
        int present = llm.replicas();
        llm.expectReplicasNotBelow(present, ofSeconds(10));

        // No request began within the window: how long they take is not known, and what the load asks for must wait
        llm.serves(0, 0);
        llm.expectReplicasNotBelow(present, ofSeconds(15));

        // Short answers again: both ask for few
        llm.serves(40, 0.14);
        story.expect("at most two replicas are wanted", SOON, () -> llm.replicas() <= 2);
    }

    @Test
    void byAFormula(Story story) {
        Prometheus prometheus = story.prometheus();
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        // Both in replicas, so that our hold, T for each replica, is neutral under the larger of them
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("staleAfter", "3s", "unavailableAfter", "15s"))
                .named("kv")
                .prometheusTrigger(
                        prometheus, "max(num_requests_waiting{namespace=\"" + story.namespace() + "\"})", "3")
                .named("queue")
                .formula("max(kv / 0.7, queue / 3)", "1")
                .with("fallback", Map.of("failureThreshold", 3, "replicas", 6))
                .apply();
        scaling.expectHpaDesires(2, SOON);
        // KV usage wants what there is, so that the last samples do not order fewer until they are stale
        llm.queue(0.68, 10, 12);
        llm.expectReplicas(4, SOON);
        llm.expectReady(4, SOON);

        // All scrapes fail, and KEDA's trigger reads 0: ours holds what there is
        llm.fails(Fault.RESET);
        llm.expectReplicasKept(4, ofSeconds(12));
        // Then ours says unknown, and the formula has no value any more: KEDA's fallback
        llm.expectReplicas(6, SOON);
        llm.queue(0.1, 10, 0);
        llm.recovers();
        llm.expectReplicas(1, SOON);
        assertThat(scaling.events("MetricTypeMismatch")).isZero();
    }
}
