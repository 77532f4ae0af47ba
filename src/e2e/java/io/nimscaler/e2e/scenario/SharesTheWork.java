package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Two instances in one cluster; each trigger chooses its own by the name in {@code scalerAddress}. */
@Scenario
@Order(1)
class SharesTheWork {

    private static final String USER_AGENT = "keda-nim-scaler";

    @Test
    void eachAsksItsOwnPodsAndTheOtherMayBeAway(Story story) {
        Scaler first = story.scaler(1);
        Scaler blue = story.secondInstance("blue", 1);
        Fleet one = story.fleet("llm-one", 4);
        Fleet two = story.fleet("llm-two", 4);
        Fleet three = story.fleet("llm-three", 2);
        one.loadFor(4);
        two.loadFor(4);
        three.loadFor(2);
        Map<String, String> blues = Map.of("scalerAddress", blue.address());
        ScaledObject ofOne =
                story.scaledObject(one).trigger(ofSeconds(10)).apply();
        ScaledObject ofTwo =
                story.scaledObject(two).trigger(ofSeconds(10), blues).apply();
        ScaledObject ofThree = story.scaledObject(three)
                .trigger(ofSeconds(10), blues)
                .with("fallback", Map.of("failureThreshold", 3, "replicas", 5))
                .apply();
        ofOne.expectHpaDesires(4, SOON);
        ofTwo.expectHpaDesires(4, SOON);
        ofThree.expectHpaDesires(2, SOON);

        // The work of the second is nobody's while it is away: its pods are not asked, and its replicas stay
        blue.killAll();
        two.countAgain();
        one.loadFor(6);
        two.loadFor(1);
        one.expectReplicas(6, SOON);
        one.loadFor(3);
        one.expectReplicas(3, SOON);
        two.expectReplicasKept(4, ofSeconds(10));
        // KEDA (2.20.2) does not count it as a failure that nobody tells a metric, so its fallback does not act
        three.expectReplicasKept(2, ofSeconds(1));
        assertThat(two.asked(USER_AGENT)).hasSize(4).containsOnly(0);
        blue.start();
        blue.expectReady(1, SOON);
        two.expectReplicas(1, SOON);

        // And the other way round
        first.killAll();
        one.countAgain();
        one.loadFor(1);
        two.loadFor(5);
        two.expectReplicas(5, SOON);
        one.expectReplicasKept(3, ofSeconds(10));
        assertThat(one.asked(USER_AGENT)).hasSize(3).containsOnly(0);
        first.start();
        first.expectReady(1, SOON);
        one.expectReplicas(1, SOON);
    }
}
