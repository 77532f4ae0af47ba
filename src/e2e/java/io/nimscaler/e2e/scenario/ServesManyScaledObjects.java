package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One scaler, ten scale targets of five pods, each with a load of its own. */
@Scenario
class ServesManyScaledObjects {

    @Test
    void eachByItsOwnLoad(Story story) {
        story.scaler(1);
        List<Fleet> fleets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Fleet fleet = story.fleet("llm-" + i, 5);
            fleet.loadFor(5);
            story.scaledObject(fleet).trigger(ofSeconds(300)).apply();
            fleets.add(fleet);
        }
        fleets.getFirst().expectReplicasKept(5, ofSeconds(10));

        for (int i = 0; i < 10; i++) {
            fleets.get(i).loadFor(i % 2 == 0 ? 7 : 5);
        }
        for (int i = 0; i < 10; i++) {
            fleets.get(i).expectReplicas(i % 2 == 0 ? 7 : 5, SOON);
        }
    }
}
