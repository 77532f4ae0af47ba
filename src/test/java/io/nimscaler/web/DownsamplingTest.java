package io.nimscaler.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.Remembered;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownsamplingTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Trigger TRIGGER = Triggers.with();
    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");

    private static List<Remembered> decisions(int number, int podsOfEach) {
        DecisionRing ring = new DecisionRing(Duration.ofHours(5), Long.MAX_VALUE);
        List<PodStatus> pods = IntStream.range(0, podsOfEach)
                .mapToObj(i -> new PodStatus(
                        "pod-" + i, Optional.empty(), PodState.STARTING, Optional.empty(), Optional.empty()))
                .toList();
        for (int i = 0; i < number; i++) {
            var decision = new Policy(TRIGGER).decide(new Fleet.NotKnown("x"), START.plusSeconds(i));
            ring.add(new Snapshot(ID, TRIGGER, decision, pods));
        }
        return ring.of(new TriggerId(ID, TRIGGER.metricName()));
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 0, true, 1000",
        "1001, 0, true, 1000",
        "4000, 50, true, 1000",
        "1500, 100, true, 500",
        "1500, 100, false, 1000",
        "20, 60000, true, 1",
        "0, 0, true, 0"
    })
    void answerStaysOfASize(int decisions, int pods, boolean withPods, int expected) {
        List<Remembered> all = decisions(decisions, pods);
        List<Remembered> thinned = Downsampling.of(all, Instant.MIN, withPods);
        assertThat(thinned).hasSize(expected).doesNotHaveDuplicates();
        assertThat(thinned.stream().map(Remembered::at)).isSorted();
        if (decisions > 0) {
            assertThat(thinned.getLast()).isSameAs(all.getLast());
        }
    }

    @Test
    void thinningLeavesEvenGaps() {
        List<Remembered> thinned = Downsampling.of(decisions(3500, 0), Instant.MIN, true);
        for (int i = 1; i < thinned.size(); i++) {
            assertThat(Duration.between(thinned.get(i - 1).at(), thinned.get(i).at()))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
        }
    }

    @Test
    void onlyLaterOnesAreGiven() {
        assertThat(Downsampling.of(decisions(10, 1), START.plusSeconds(7), true))
                .extracting(Remembered::number)
                .containsExactly(8L, 9L);
    }
}
