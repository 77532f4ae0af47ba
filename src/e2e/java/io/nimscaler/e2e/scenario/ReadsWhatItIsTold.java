package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Other pods than the scale target's own, and one model of several. */
@Scenario
class ReadsWhatItIsTold {

    @Test
    void ofTheLeaders(Story story) {
        story.scaler(1);
        Fleet workers = story.fleet("workers", 2);
        Fleet leaders = story.fleet("leaders", 2);
        workers.usage(0.05);
        leaders.usage(0.65);
        ScaledObject scaling = story.scaledObject(workers)
                .trigger(
                        ofSeconds(0),
                        Map.of("podSelector", "app=leaders", "modelName", "meta/llama-3.1-8b-instruct"))
                .apply();
        scaling.expectHpaDesires(2, SOON);

        leaders.usage(0.95);
        workers.expectReplicas(3, SOON);
        workers.expectReady(3, SOON);
        assertThat(workers.asked("keda-nim-scaler")).containsOnly(0);
        assertThat(leaders.asked("keda-nim-scaler")).doesNotContain(0);
    }

    @Test
    void aModelThatIsNotServedIsUnknown(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 3);
        llm.usage(0.05);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("modelName", "another", "unavailableAfter", "3s"))
                .apply();
        scaling.expectEvent("DemandUnknown", SOON);
        llm.expectReplicasKept(3, ofSeconds(10));
    }
}
