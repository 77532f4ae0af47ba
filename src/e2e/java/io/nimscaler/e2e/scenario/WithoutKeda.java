package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Cluster;
import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** KEDA's operator is killed and comes back. */
@DisturbingScenario
class WithoutKeda {

    @Test
    void nothingIsLost(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(10)).apply();
        scaling.expectHpaDesires(4, SOON);

        Cluster.Component operator = story.cluster().component("keda-operator");
        operator.kill();
        try {
            llm.expectReplicasKept(4, ofSeconds(10));
        } finally {
            operator.start();
        }
        llm.expectReplicasKept(4, ofSeconds(10));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
    }
}
