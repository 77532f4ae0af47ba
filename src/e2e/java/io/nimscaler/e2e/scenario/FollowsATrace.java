package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The KV cache usage that NVIDIA's page on autoscaling NIM prints of its own load test, with its target of 100m: one pod, up to three
 * and back. Their chain ends at the same numbers a minute later.
 */
@Scenario
class FollowsATrace {

    @Test
    void ofAPublishedLoadTest(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 1);
        llm.usage(0.009);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(15), Map.of("targetValue", "0.100"))
                .apply();
        scaling.expectHpaDesires(1, SOON);

        for (double usage : new double[] {0.008, 0.001, 0.033, 0.056, 0.039}) {
            llm.usage(usage);
            llm.expectReplicasKept(1, ofSeconds(2));
        }
        llm.load(0.208);
        llm.expectReplicasNotBelow(1, ofSeconds(2));
        llm.load(0.293);
        llm.expectReplicas(3, SOON);
        llm.expectReplicasKept(3, ofSeconds(6));
        llm.load(0.007);
        llm.expectReplicasKept(3, ofSeconds(10));
        llm.expectReplicas(1, SOON);
    }
}
