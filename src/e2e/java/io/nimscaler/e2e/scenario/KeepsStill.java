package io.nimscaler.e2e.scenario;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A load that does not change makes no changes: the closed loop of the bench, once with the real HPA and KEDA. */
@Scenario
class KeepsStill {

    @Test
    @Tag("long")
    void forHalfAnHourUnderALoadThatDoesNotChange(Story story) {
        // Given: more than two pods carry, with a queue, and readings that jump
        story.scaler(2);
        Fleet llm = story.fleet("llm", 2, ofSeconds(45));
        llm.isVllm();
        llm.unsteadyLoad(3.3, .1);
        story.scaledObject(llm)
                .trigger(ofMinutes(5), Map.of("metric", "serving_load", "targetValue", "0.85"))
                .apply();
        story.expect("the queue made it grow", ofMinutes(3), () -> llm.replicas() >= 4);

        // When: what the queue ordered beyond need may go again
        int settled = llm.settles(ofMinutes(8), ofMinutes(40));

        // Then
        story.expect("it is in proportion to the load", ofSeconds(1), () -> settled >= 4 && settled <= 6);
        llm.expectReplicasKept(settled, ofMinutes(30));
    }
}
