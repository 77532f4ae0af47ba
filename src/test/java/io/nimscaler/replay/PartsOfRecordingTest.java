package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.history.Recorded;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a recording says of how long pods take to become ready. */
class PartsOfRecordingTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Trigger trigger = Triggers.immediate();
    private final Policy policy = new Policy(trigger);
    private final PartsOfRecording parts = new PartsOfRecording();

    /** A pod that was scheduled at one second and read first at another. */
    private record Life(String name, int scheduled, int read) {}

    private void live(int from, int to, Life... lives) {
        for (int second = from; second < to; second++) {
            List<PodReading> readings = new ArrayList<>();
            List<PodStatus> pods = new ArrayList<>();
            int ready = 0;
            for (Life one : lives) {
                if (second >= one.scheduled()) {
                    boolean read = second >= one.read();
                    ready += read ? 1 : 0;
                    readings.add(
                            read
                                    ? new PodReading.Sampled(.7)
                                    : new PodReading.Starting(Duration.ofSeconds(second - one.scheduled()), false));
                    pods.add(new PodStatus(
                            one.name(),
                            Optional.empty(),
                            read ? PodState.SAMPLED : PodState.STARTING,
                            Optional.empty(),
                            Optional.empty()));
                }
            }
            take(second, new Fleet.Known(new Scale(pods.size(), pods.size()), ready, readings), pods);
        }
    }

    private void take(int second, Fleet fleet, List<PodStatus> pods) {
        parts.take(new Recorded(
                second,
                new Snapshot(Days.ID.scaledObject(), trigger, policy.decide(fleet, START.plusSeconds(second)), pods)));
    }

    @Test
    void podThatCameWhileItWasWatchedIsMeasured() {
        live(0, 60, new Life("old", -500, -400), new Life("new", 10, 40));

        assertThat(parts.startUps()).containsExactly(29.0);
    }

    /** It was ready after 8 s and waited for another 8 until there was a trigger. */
    @Test
    void podThatWasThereBeforeTheRecordingIsNot() {
        live(0, 60, new Life("before", -15, 1), new Life("new", 10, 18));

        assertThat(parts.startUps()).containsExactly(7.0);
    }

    @Test
    void podThatCameWhileNothingWasKnownIsNot() {
        live(0, 10, new Life("old", -500, -400));
        take(10, new Fleet.NotKnown("the API server does not answer"), List.of());
        live(30, 60, new Life("old", -500, -400), new Life("between", 12, 35));

        assertThat(parts.startUps()).isEmpty();
    }
}
