package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Gpus;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** GPUs of exactly the scale target's pods, by the DCGM exporters of their nodes. */
@Scenario
class ScalesByGpuUtilization {

    @Test
    void ofItsOwnPods(Story story) {
        Gpus gpus = story.gpus();
        story.scaler(1, gpus.asSettings());
        Fleet vision = story.fleet("vision", 2);
        gpus.work(1.3);
        ScaledObject scaling = story.scaledObject(vision)
                .trigger(
                        ofSeconds(0),
                        Map.of(
                                "metric", "DCGM_FI_DEV_GPU_UTIL",
                                "pollInterval", "1s",
                                "staleAfter", "3s",
                                "unavailableAfter", "60s"))
                .apply();
        scaling.expectHpaDesires(2, SOON);

        gpus.work(2.7);
        vision.expectReplicas(4, SOON);
        vision.expectReady(4, SOON);
        vision.countAgain();
        gpus.countAgain();
        vision.expectReplicasKept(4, ofSeconds(10));
        // Once a second, though there are more pods than nodes
        assertThat(gpus.asked()).hasSizeBetween(1, 3).allSatisfy(times -> assertThat(times)
                .isBetween(6, 13));
        assertThat(vision.asked("keda-nim-scaler")).hasSize(4).containsOnly(0);

        // Unknown is not idle: held, then UNAVAILABLE
        gpus.areBlank();
        gpus.work(0);
        vision.expectReplicasKept(4, ofSeconds(12));
        gpus.fail();
        vision.expectReplicasKept(4, ofSeconds(12));

        gpus.work(1.3);
        gpus.recover();
        vision.expectReplicas(2, SOON);
    }

    @Test
    void onlyWhereTheOperatorSaysWhereExportersAre(Story story) {
        story.scaler(1);
        Fleet vision = story.fleet("vision", 1);
        ScaledObject scaling = story.scaledObject(vision)
                .trigger(ofSeconds(0), Map.of("metric", "DCGM_FI_DEV_GPU_UTIL"))
                .apply();
        scaling.expectEvent("TriggerRefused", SOON);
    }
}
