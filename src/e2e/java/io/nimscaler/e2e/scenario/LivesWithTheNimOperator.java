package io.nimscaler.e2e.scenario;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.NimOperator;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** NVIDIA's operator and this scaler on one Deployment, with KEDA's operator restarted; the operator itself where it is there. */
@DisturbingScenario
class LivesWithTheNimOperator {

    @Test
    void thatOwnsTheHpa(Story story) {
        story.scaler(1);
        NimOperatorStories.operatorOwnsTheHpa(story, NimOperator.standIn(story, ofSeconds(3)));
    }

    @Test
    void itselfThatOwnsTheHpa(Story story) {
        NimOperator operator = NimOperator.itself(story, ofSeconds(3));
        story.scaler(1);
        NimOperatorStories.operatorOwnsTheHpa(story, operator);
    }

    @Test
    void itselfThatIsEdited(Story story) {
        NimOperator operator = NimOperator.itself(story, NimOperatorStories.LOADS);
        story.scaler(1);
        NimOperatorStories.editTakesReplicasAway(story, operator);
    }

    @Test
    void itselfThatInsistsOnItsReplicas(Story story) {
        NimOperator operator = NimOperator.itself(story, ZERO);
        story.scaler(1);
        NimOperatorStories.replicasAreResetForEver(story, operator);
    }
}
