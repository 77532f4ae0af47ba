package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Cluster;
import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The API server is away: it hangs, or it is restarted and has forgotten all connections. */
@DisturbingScenario
class WithoutTheApiServer {

    @Test
    void whichHangsWeGoOnDeciding(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(5)).apply();
        scaling.expectHpaDesires(4, SOON);

        Cluster.Component api = story.cluster().component("kube-apiserver");
        api.freeze();
        try {
            story.throughout("the scaler decides", ofSeconds(20), () -> !scaler.view(scaling)
                    .contains("\"decision\":\"unknown\""));
        } finally {
            api.thaw();
        }
        llm.expectReplicasKept(4, ofSeconds(15));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
    }

    @Test
    void whichIsRestartedWeSeeThePodsThatCame(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(5)).apply();
        scaling.expectHpaDesires(4, SOON);

        Cluster.Component api = story.cluster().component("kube-apiserver");
        api.kill();
        api.start();
        api.expectAnswers(story, SOON, () -> llm.replicas() > 0);
        llm.expectReplicasKept(4, ofSeconds(15));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
        llm.expectReplicasKept(7, ofSeconds(15));
    }

    /** What was known holds for 90 s; then it is unknown, and nothing is taken away. */
    @Test
    @Tag("long")
    void forTenMinutesWeTakeNothingAway(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        Cluster.Component api = story.cluster().component("kube-apiserver");
        api.kill();
        try {
            story.throughout("the scaler decides", ofSeconds(60), () -> !scaler.view(scaling)
                    .contains("\"decision\":\"unknown\""));
            story.expect("the fleet is unknown", ofSeconds(90), () -> scaler.view(scaling)
                    .contains("\"decision\":\"unknown\""));
            story.throughout("it stays so", ofMinutes(8), () -> scaler.view(scaling)
                    .contains("\"decision\":\"unknown\""));
        } finally {
            api.start();
        }
        api.expectAnswers(story, SOON, () -> llm.replicas() > 0);
        llm.expectReplicasKept(4, ofSeconds(30));
        llm.loadFor(7);
        llm.expectReplicas(7, ofMinutes(3));
    }
}
