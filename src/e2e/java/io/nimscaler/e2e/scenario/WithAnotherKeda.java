package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Cluster;
import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Gateway;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Another version of KEDA takes the place of the one that all other stories run with, as an upgrade does, and gives it back. */
@DisturbingScenario
class WithAnotherKeda {

    @Test
    void scalesIsPushedToAndTakesEdits(Story story) {
        String version = story.cluster().otherKeda();
        Cluster.Component operator = story.cluster().component("keda-operator");
        Cluster.Component adapter = story.cluster().component("keda-adapter");
        Gateway gateway = story.gateway();
        story.scaler(1, gateway.asWakeSource());
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);
        long started = operator.logged("KEDA Version: " + version);

        operator.kill();
        adapter.kill();
        try {
            operator.start(version);
            adapter.start(version);
            story.expect("KEDA " + version + " runs", SOON, () -> operator.logged("KEDA Version: " + version) > started);

            llm.expectReplicasKept(4, ofSeconds(5));
            llm.loadFor(7);
            llm.expectReplicas(7, SOON);
            scaling.metadata("targetValue", "0.35").apply();
            scaling.expectHpaDesires(14, SOON);

            // From zero by a stream; 2.21 asks for one of its specs, too
            Fleet asleep = story.fleet("asleep", 0);
            ScaledObject pushed = story.scaledObject(asleep)
                    .with("minReplicaCount", 0)
                    .with("pollingInterval", 300)
                    .trigger(ofSeconds(0), Map.of("wakeSource", "gateway"))
                    .lastTrigger(trigger -> trigger.put("type", "external-push"))
                    .apply();
            asleep.expectReplicasKept(0, ofSeconds(5));
            gateway.queues(3);
            asleep.expectReplicas(1, SOON);
            asleep.loadFor(3);
            pushed.expectHpaDesires(3, SOON);
            assertThat(operator.logged("StreamMetricSpec: ")).isZero();
        } finally {
            operator.kill();
            adapter.kill();
            operator.start();
            adapter.start();
        }
        llm.expectReplicasKept(14, ofSeconds(5));
    }
}
