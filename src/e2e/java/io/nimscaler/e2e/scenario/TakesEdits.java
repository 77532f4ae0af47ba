package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A ScaledObject is edited while it scales. */
@Scenario
class TakesEdits {

    @Test
    void ofTheTargetValue(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(30)).apply();
        scaling.expectHpaDesires(4, SOON);
        llm.expectReplicasKept(4, ofSeconds(20));

        scaling.metadata("targetValue", "0.35").apply();
        llm.expectReplicas(8, SOON);
        llm.loadFor(1);
        llm.expectReplicasKept(8, ofSeconds(12));
        // The first step
        llm.expectReplicas(4, SOON);
    }

    /** KEDA alone resolves it. The scaler learns it of KEDA's calls, which have to agree with what else the ScaledObject says. */
    @Test
    void besideAValueFromTheEnvironment(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(20))
                .fromEnvironment("targetValue", "TARGET")
                .apply();
        scaling.expectHpaDesires(4, SOON);
        llm.loadFor(6);
        llm.expectReplicas(6, SOON);

        scaling.metadata("downscaleStabilizationWindow", "5s").apply();
        llm.expectReplicasKept(6, ofSeconds(10));
        llm.loadFor(4);
        // In two steps, the second after four windows
        llm.expectReplicas(4, SOON);
    }

    @Test
    void withAMistakeThatIsSaidAndCostsNothing(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(4, SOON);

        scaling.metadata("targetValue", "seventy").apply();
        scaling.expectEvent("TriggerRefused", SOON);
        llm.loadFor(1);
        llm.expectReplicasKept(4, ofSeconds(15));
        scaling.metadata("targetValue", "0.70").apply();
        llm.expectReplicas(1, SOON);
    }

    @Test
    void thatAddASecondTrigger(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(2, SOON);
        // A full pod of nimfleet runs 64 requests: 85 of them now
        scaling.trigger(ofSeconds(0), Map.of("metric", "num_requests_running", "targetValue", "18"))
                .apply();
        llm.expectReplicas(5, SOON);
    }
}
