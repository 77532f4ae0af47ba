package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fault;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A model that never loads, or that ends again and again: waited for, said to be stuck, and not waited for any longer. */
@Scenario
class GivesUpOnPodsThatNeverStart {

    @Test
    void andScalesByTheOthers(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofHours(1));
        llm.becomeReady(2);
        llm.expectReady(2, SOON);
        llm.usage(0.69);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("startingDeadline", "30s"))
                .apply();
        scaling.expectHpaDesires(4, SOON);
        llm.expectReplicasKept(4, ofSeconds(5));

        scaling.expectEvent("PodsStuckStarting", SOON);
        // Two carry what two can carry; the others are not there
        llm.expectReplicas(2, SOON);
    }

    @Test
    void whereNoneStartsItIsUnknown(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 3, ofHours(1));
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("startingDeadline", "20s"))
                .with("fallback", Map.of("failureThreshold", 2, "replicas", 5))
                .apply();
        scaling.expectHpaDesires(3, SOON);
        scaling.expectEvent("DemandUnknown", SOON);
        // KEDA's fallback counts an answer that is unknown, and would not count a hold
        llm.expectReplicas(5, SOON);
    }

    @Test
    @Tag("long")
    void andWhereTheyCrashAgainAndAgainTheirReplicasStay(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 4, ofHours(1));
        llm.becomeReady(4);
        llm.expectReady(4, SOON);
        llm.usage(0.65);
        ScaledObject scaling = story.scaledObject(llm)
                .trigger(ofSeconds(0), Map.of("staleAfter", "4s", "unavailableAfter", "8s"))
                .apply();
        scaling.expectHpaDesires(4, SOON);

        llm.someFail(2, Fault.REFUSE);
        llm.becomeUnready(2);
        llm.expectReplicasKept(4, ofSeconds(8));
        llm.fails(Fault.REFUSE);
        llm.becomeUnready(4);
        scaling.expectEvent("DemandUnknown", SOON);
        llm.expectReplicasKept(4, ofSeconds(5));
    }
}
