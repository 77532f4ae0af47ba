package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The role is taken away from a scaler that runs, and given back. */
@Scenario
class LosesItsRights {

    @Test
    void andSaysSoAndTakesNothingAway(Story story) {
        Scaler scaler = story.scaler(1, Map.of("NIM_SCALER_KUBERNETES_SCALE_REFRESH", "2s"));
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        scaler.losesItsRights();
        story.expect("it says that it is not allowed", SOON, () -> scaler.view(scaling)
                .contains("not allowed to get /scale"));
        llm.loadFor(1);
        llm.expectReplicasKept(4, ofSeconds(10));
        scaler.regainsItsRights();
        llm.expectReplicas(1, SOON);
    }
}
