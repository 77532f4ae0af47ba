package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests of a minute on pods that get Kubernetes' 30 s to end, until they get more. */
@Scenario
class SaysThatPodsEndTooSoon {

    @Test
    @Tag("long")
    void untilTheyGetMoreTime(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet llm = story.fleet("llm", 3);
        llm.loadFor(3);
        llm.servesRequestsOf(ofSeconds(60));
        llm.expectReady(3, SOON);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(3, SOON);

        scaling.expectEvent("DrainTooShort", ofMinutes(5));
        story.expect("the page's warning names both", SOON, () -> {
            String view = scaler.view(scaling);
            return view.contains("terminationGracePeriodSeconds of 3 of 3 pods is 30")
                    && view.contains("3 of 3 pods without a preStop hook");
        });

        llm.getsTimeToEnd(120);
        story.expect("the rollout is over", SOON, llm::isRolledOut);
        story.expect("the warning is gone", ofMinutes(5), () -> !scaler.view(scaling).contains("DrainTooShort"));
        llm.expectReplicasKept(3, ofSeconds(10));
    }
}
