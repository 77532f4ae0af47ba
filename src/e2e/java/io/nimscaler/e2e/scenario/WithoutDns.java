package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Cluster;
import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** No name of the cluster resolves. The scaler asks for none; KEDA finds it by its name, and cannot find it anew. */
@DisturbingScenario
class WithoutDns {

    @Test
    void nothingIsLostAndWhatIsConnectedGoesOn(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(5)).apply();
        scaling.expectHpaDesires(4, SOON);

        Cluster.Component dns = story.cluster().component("dns");
        dns.kill();
        try {
            llm.expectReplicasKept(4, ofSeconds(8));
            llm.loadFor(6);
            llm.expectReplicas(6, SOON);
            // It starts, finds its ScaledObjects and reads its pods without a name
            scaler.kill();
            llm.expectReplicasKept(6, ofSeconds(3));
            story.expect("a new process decides", SOON, () -> scaler.view(scaling).contains("\"replicasWanted\":6"));
            llm.expectReplicasKept(6, ofSeconds(3));
        } finally {
            dns.start();
        }
        llm.loadFor(8);
        llm.expectReplicas(8, SOON);
    }
}
