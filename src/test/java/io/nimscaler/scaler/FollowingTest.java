package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Following.Bounds;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether replicas follow what is asked for. T = 0.70. */
class FollowingTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Trigger TRIGGER = Triggers.withoutSteps("downscaleStabilizationWindow", "30s");
    private static final Bounds TWENTY = new Bounds(20, 20, Optional.of(Duration.ofSeconds(15)));

    private final Policy policy = new Policy(TRIGGER);
    private final Following following = new Following();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private void step(Fleet fleet, Bounds bounds) {
        now = now.plusSeconds(1);
        following.observe(new Snapshot(ID, TRIGGER, policy.decide(fleet, now), List.of()), bounds);
    }

    private void live(int seconds, Fleet fleet, Bounds bounds) {
        for (int i = 0; i < seconds; i++) {
            step(fleet, bounds);
        }
    }

    private static Fleet fleet(int replicas, double each) {
        return new Fleet.Known(
                new Scale(replicas, replicas), replicas, Collections.nCopies(replicas, new PodReading.Sampled(each)));
    }

    private static Bounds bounds(int most, int certain) {
        return new Bounds(most, certain, Optional.of(Duration.ofSeconds(15)));
    }

    @ParameterizedTest(name = "maxReplicaCount {0}, certain {1}: 5 → {2}: {3}")
    @CsvSource({
        "20, 20, 1, true",
        "20, 20, 4, true",
        // The maximum was lowered, or KEDA's fallback may have acted
        "3, 3, 3, false",
        "3, 3, 2, true",
        "20, 2, 2, false",
        "20, 2, 1, true",
        // Paused, or joined with others by a formula
        "20, 0, 1, false"
    })
    void fewerThanTheHpaAndKedaMayMakeIsTakenAway(int most, int certain, int then, boolean isTaken) {
        live(100, fleet(5, .69), bounds(most, certain));
        step(fleet(then, .69), bounds(most, certain));
        assertThat(following.takenAway().isPresent()).isEqualTo(isTaken);
    }

    @Test
    void whatIsSaidNamesTheReplicasAndWhoItMayBe() {
        live(100, fleet(5, .69), TWENTY);
        step(fleet(1, 1), TWENTY);
        assertThat(following.takenAway().orElseThrow().text())
                .isEqualTo(
                        "spec.replicas went from 5 to 1 although 5 were asked for; another writer changes it, for example a NIMService,"
                                + " helm upgrade, kubectl apply or Argo CD");
        live(1, fleet(5, .69), TWENTY);
        live(1, fleet(1, 1), TWENTY);
        assertThat(following.takenAway().orElseThrow().text()).contains("were asked for, 2 times;");
    }

    @Test
    void itIsToldForTenMinutesFromTheLastOneOn() {
        live(100, fleet(5, .69), TWENTY);
        step(fleet(4, .86), TWENTY);
        live(600, fleet(5, .69), TWENTY);
        assertThat(following.takenAway()).isPresent();
        live(1, fleet(5, .69), TWENTY);
        assertThat(following.takenAway()).isEmpty();
    }

    @Test
    void scaleDownThatIsAskedForIsNobodyElses() {
        live(100, fleet(5, .69), TWENTY);
        live(40, fleet(5, .2), TWENTY);
        step(fleet(2, .5), TWENTY);
        assertThat(following.takenAway()).isEmpty();
    }

    @Test
    void afterATimeThatIsNotKnownNobodyIsBlamed() {
        live(100, fleet(5, .69), TWENTY);
        step(new Fleet.NotKnown("the API server is away"), TWENTY);
        step(fleet(1, 1), TWENTY);
        assertThat(following.takenAway()).isEmpty();
    }

    @Test
    void fleetThatNobodyAsksForMayGoToZero() {
        // KEDA was told that nothing is to do
        Trigger idle = Triggers.with("downscaleStabilizationWindow", "1s", "activationTargetValue", "0.3");
        Policy its = new Policy(idle);
        for (int i = 0; i < 100; i++) {
            now = now.plusSeconds(1);
            following.observe(new Snapshot(ID, idle, its.decide(fleet(1, .2), now), List.of()), TWENTY);
        }
        now = now.plusSeconds(1);
        Fleet none = new Fleet.Known(new Scale(0, 0), 0, List.of());
        following.observe(new Snapshot(ID, idle, its.decide(none, now), List.of()), TWENTY);
        assertThat(following.takenAway()).isEmpty();
    }

    @ParameterizedTest(name = "maxReplicaCount {0}, {1} replicas at {2}, behavior {3}: after {4} s {5}")
    @CsvSource({
        // 2 full pods need 3
        "20, 2, 1.0, PT15S, 135, false",
        "20, 2, 1.0, PT15S, 136, true",
        // The HPA may take its time
        "20, 2, 1.0, PT10M, 719, false",
        "20, 2, 1.0, PT10M, 721, true",
        "20, 2, 1.0,, 3000, false",
        // It is at its maximum
        "2, 2, 1.0, PT15S, 3000, false",
        // Nothing more is asked for: a hold, a load within the tolerance, a load that falls
        "20, 2, 0.7, PT15S, 3000, false",
        "20, 2, 0.76, PT15S, 3000, false",
        "20, 2, 0.1, PT15S, 3000, false"
    })
    void moreThatIsAskedForInVainIsNotFollowed(
            int most, int replicas, double each, Duration patience, int seconds, boolean isNotFollowed) {
        live(seconds, fleet(replicas, each), new Bounds(most, most, Optional.ofNullable(patience)));
        assertThat(following.notFollowed().isPresent()).isEqualTo(isNotFollowed);
    }

    @Test
    void itSaysWhatIsAskedFor() {
        live(200, fleet(2, 1.0), TWENTY);
        assertThat(following.notFollowed().orElseThrow().text())
                .isEqualTo("3 replicas are asked for, and spec.replicas has been 2 for 3m, below maxReplicaCount 20");
    }

    @Test
    void anyEffectBeginsTheWaitAnew() {
        live(130, fleet(2, 1.0), TWENTY);
        live(130, fleet(3, 1.0), TWENTY);
        assertThat(following.notFollowed()).isEmpty();
        live(10, fleet(3, 1.0), TWENTY);
        assertThat(following.notFollowed()).isPresent();
        live(1, fleet(5, .69), TWENTY);
        assertThat(following.notFollowed()).isEmpty();
    }

    @Test
    void whoIsToldNothingFollowsNothing() {
        live(130, fleet(2, 1.0), TWENTY);
        step(new Fleet.NotKnown("forbidden"), TWENTY);
        live(130, fleet(2, 1.0), TWENTY);
        assertThat(following.notFollowed()).isEmpty();
    }
}
