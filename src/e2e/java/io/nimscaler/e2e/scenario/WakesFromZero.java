package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Gateway;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Without pods there is nothing to read. The gateway that holds the requests back wakes the fleet, and lets it sleep again. */
@Scenario
class WakesFromZero {

    private static ScaledObject scaledObject(Story story, Fleet llm) {
        return story.scaledObject(llm)
                .with("minReplicaCount", 0)
                .with("cooldownPeriod", 1)
                .trigger(ofSeconds(0), Map.of("wakeSource", "gateway"))
                .lastTrigger(trigger -> trigger.put("type", "external-push"));
    }

    private static Fleet asleep(Story story, Duration readyAfter) {
        Fleet llm = story.fleet("llm", 0, readyAfter);
        llm.usage(0);
        return llm;
    }

    /** A start is measured only where its beginning was seen. */
    private static void seenAsleep(Story story, Scaler scaler, ScaledObject scaling) {
        story.expect("the scaler sees that it sleeps", SOON, () -> scaler.view(scaling)
                .contains("\"replicasWanted\":0"));
    }

    @Test
    void longBeforeKedaAsks(Story story) {
        Gateway gateway = story.gateway();
        story.scaler(1, gateway.asWakeSource());
        Fleet llm = asleep(story, ofSeconds(0));
        ScaledObject scaling = scaledObject(story, llm).with("pollingInterval", 300).apply();
        llm.expectReplicasKept(0, ofSeconds(10));
        // KEDA opens its stream anew
        scaling.with("cooldownPeriod", 2).apply();
        llm.expectReplicasKept(0, ofSeconds(5));

        gateway.queues(1);
        llm.expectReplicas(1, ofSeconds(10));
    }

    @Test
    void andStaysAwakeForAsLongAsItTookToStart(Story story) {
        Gateway gateway = story.gateway();
        Scaler scaler = story.scaler(1, gateway.asWakeSource());
        Fleet llm = asleep(story, ofSeconds(20));
        seenAsleep(story, scaler, scaledObject(story, llm).apply());
        gateway.queues(3);
        llm.expectReplicas(1, SOON);
        llm.expectReady(1, SOON);
        // What waited is served, and nothing else comes
        gateway.queues(0);
        llm.expectReplicasKept(1, ofSeconds(15));
        llm.expectReplicas(0, SOON);
    }

    @Test
    void unlessTheGatewayIsGone(Story story) {
        Gateway gateway = story.gateway();
        story.scaler(1, gateway.asWakeSource());
        Fleet llm = asleep(story, ofSeconds(0));
        ScaledObject scaling = scaledObject(story, llm).apply();
        llm.expectReplicasKept(0, ofSeconds(5));

        gateway.dies();
        scaling.expectEvent("WakeSourceUnknown", SOON);
        llm.expectReplicasKept(0, ofSeconds(20));
        gateway.queues(1);
        gateway.comesBack();
        llm.expectReplicas(1, SOON);
        scaling.expectEvent("WakeSourceKnown", SOON);
    }

    @Test
    void andKeepsItsReplicaWhenTheGatewayIsGone(Story story) {
        Gateway gateway = story.gateway();
        Scaler scaler = story.scaler(1, gateway.asWakeSource());
        Fleet llm = asleep(story, ofSeconds(0));
        seenAsleep(story, scaler, scaledObject(story, llm).apply());
        gateway.queues(1);
        llm.expectReplicas(1, SOON);
        llm.expectReady(1, SOON);

        // Its start took a few seconds, so the last demand alone does not keep it for so long
        gateway.dies();
        llm.expectReplicasKept(1, ofSeconds(45));
        gateway.queues(0);
        gateway.comesBack();
        llm.expectReplicas(0, SOON);
    }
}
