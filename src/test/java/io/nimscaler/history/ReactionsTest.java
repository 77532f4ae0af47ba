package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long it takes from a replica being asked for to its being ready. At the target of 0.7 two pods at 1 ask for three replicas. */
class ReactionsTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Trigger trigger = Triggers.immediate();
    private final Policy policy = new Policy(trigger);
    private final Reactions reactions = new Reactions();
    private final List<Long> seconds = new ArrayList<>();

    /** Decisions of these seconds on so many replicas, of which so many are ready, each at this value. */
    private void decide(int from, int to, int spec, int ready, double each) {
        for (int second = from; second <= to; second++) {
            List<PodReading> readings = new ArrayList<>();
            for (int i = 0; i < spec; i++) {
                readings.add(
                        i < ready
                                ? new PodReading.Sampled(each)
                                : new PodReading.Starting(Duration.ofSeconds(second - from), false));
            }
            take(second, new Fleet.Known(new Scale(spec, spec), ready, readings));
        }
    }

    private void take(int second, Fleet fleet) {
        Snapshot snapshot = new Snapshot(ID, trigger, policy.decide(fleet, START.plusSeconds(second)), List.of());
        reactions.take(snapshot).stream().map(Duration::toSeconds).forEach(seconds::add);
    }

    @Test
    void fromTheFirstDecisionThatAsksToTheOneThatSeesItReady() {
        decide(0, 9, 2, 2, .7);
        decide(10, 17, 2, 2, 1);
        decide(18, 99, 3, 2, 1);
        decide(100, 110, 3, 3, .7);

        assertThat(seconds).containsExactly(90L);
    }

    @Test
    void eachOfSeveralReplicasTakesItsOwnTime() {
        decide(0, 9, 4, 4, .7);
        decide(10, 12, 4, 4, 1);
        decide(13, 40, 6, 4, 1);
        decide(41, 60, 6, 5, .9);
        decide(61, 65, 6, 6, .7);

        assertThat(seconds).containsExactly(31L, 51L);
    }

    @Test
    void whatIsNotAskedForAnyMoreIsNotAwaited() {
        decide(0, 9, 2, 2, .7);
        decide(10, 12, 2, 2, 1);
        decide(13, 30, 2, 2, .7);
        decide(31, 40, 2, 2, 1);
        decide(41, 60, 3, 2, 1);
        decide(61, 65, 3, 3, .7);

        assertThat(seconds).containsExactly(30L);
    }

    @Test
    void whatSomethingElseKeptBackIsNotMeasured() {
        // At a maximum for minutes
        decide(0, 9, 2, 2, .7);
        decide(10, 200, 2, 2, 1);
        decide(201, 260, 3, 2, 1);
        decide(261, 265, 3, 3, .7);
        // By the HPA's rates: four are wanted and three are written first
        decide(266, 270, 3, 3, .9);
        decide(271, 300, 4, 3, .7);
        decide(301, 301, 4, 4, .7);
        decide(302, 305, 4, 4, 1.05);
        decide(306, 320, 5, 4, 1.05);
        decide(321, 330, 6, 5, .84);
        decide(331, 340, 6, 6, .7);

        assertThat(seconds).containsExactly(35L, 19L);
    }

    @Test
    void whatNobodyAskedForIsNotMeasured() {
        decide(0, 9, 2, 2, .7);
        decide(10, 60, 3, 2, .7);
        decide(61, 70, 3, 3, .46);

        assertThat(seconds).isEmpty();
    }

    @Test
    void whereReadyPodsGoOrNothingIsKnownNothingIsMeasured() {
        decide(0, 9, 2, 2, .7);
        decide(10, 12, 2, 2, 1);
        decide(13, 20, 3, 2, 1);
        decide(21, 30, 3, 1, 1);
        decide(31, 40, 3, 3, .7);
        decide(41, 43, 3, 3, 1);
        decide(44, 50, 5, 3, 1);
        take(51, new Fleet.NotKnown("the API server does not answer"));
        decide(52, 60, 5, 5, .7);

        assertThat(seconds).isEmpty();
    }

    @Test
    void replicaThatWasAskedForBeforeItIsWatchedIsNotMeasured() {
        decide(0, 5, 2, 2, 1);
        decide(6, 60, 3, 2, 1);
        decide(61, 70, 3, 3, .7);

        assertThat(seconds).isEmpty();
    }
}
