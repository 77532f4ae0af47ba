package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fault;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Unknown is never zero: pods that do not answer cost no replica. */
@Scenario
class KeepsWhatItCannotSee {

    @Test
    void whenNoPodAnswers(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 6);
        llm.loadFor(6);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("staleAfter", "4s", "unavailableAfter", "8s"))
                .apply();
        scaling.expectHpaDesires(6, SOON);

        llm.fails(Fault.UNAVAILABLE);
        scaling.expectEvent("DemandUnknown", SOON);
        llm.expectReplicasKept(6, ofSeconds(20));
        llm.recovers();
        scaling.expectEvent("DemandKnown", SOON);
        llm.expectReplicasKept(6, ofSeconds(8));

        llm.loadFor(2);
        llm.expectReplicas(2, SOON);
    }

    @Test
    void whenHalfOfThemHangUnderOverload(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 6);
        llm.loadFor(6);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("staleAfter", "4s"))
                .apply();
        scaling.expectHpaDesires(6, SOON);

        llm.loadFor(8);
        llm.halfFails(Fault.HANG);
        llm.expectReplicasNotBelow(6, ofSeconds(30));
        llm.recovers();
        llm.expectReplicas(8, SOON);
    }
}
