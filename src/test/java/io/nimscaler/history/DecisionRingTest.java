package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.signal.Sample;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecisionRingTest {

    private static final Duration LONG = Duration.ofMinutes(30);
    private static final long PLENTY = 1 << 30;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Trigger TRIGGER = Triggers.with();

    private static ScaledObjectId id(String name) {
        return new ScaledObjectId("ns", name);
    }

    private static Snapshot at(int second, List<PodStatus> pods) {
        return of("llm", new Fleet.NotKnown("x"), second, pods);
    }

    private static Snapshot of(String name, Fleet fleet, int second, List<PodStatus> pods) {
        return new Snapshot(id(name), TRIGGER, new Policy(TRIGGER).decide(fleet, START.plusSeconds(second)), pods);
    }

    private static List<PodStatus> pods(int number, int second) {
        return IntStream.range(0, number)
                .mapToObj(i -> new PodStatus(
                        "pod-" + i,
                        Optional.of("10.0.0." + i),
                        PodState.SAMPLED,
                        Optional.of(new Sample(i + second / 1000.0, START.plusSeconds(second - 1))),
                        Optional.empty()))
                .toList();
    }

    private static List<Snapshot> remembered(DecisionRing ring, String name) {
        return ring.of(new TriggerId(id(name), "gpu_cache_usage_perc")).stream()
                .map(Remembered::snapshot)
                .toList();
    }

    private static List<Long> ages(DecisionRing ring, String name) {
        List<Snapshot> all = remembered(ring, name);
        Instant now = all.getLast().decision().basis().at();
        return all.stream()
                .map(snapshot ->
                        Duration.between(snapshot.decision().basis().at(), now).toSeconds())
                .toList();
    }

    @Test
    void keepsTheLatestOldestFirst() {
        DecisionRing ring = new DecisionRing(Duration.ofSeconds(2), PLENTY);
        for (int i = 0; i < 10; i++) {
            ring.add(at(i, List.of()));
        }
        assertThat(remembered(ring, "llm")).containsExactly(at(7, List.of()), at(8, List.of()), at(9, List.of()));
    }

    @Test
    void boundsOfReplicasAreThoseOfTheMoment() {
        DecisionRing ring = new DecisionRing(LONG, PLENTY);
        ring.add(at(0, List.of()), Optional.of(new ReplicaBounds(1, 4)));
        ring.add(at(1, List.of()), Optional.of(new ReplicaBounds(2, 8)));
        ring.add(at(2, List.of()));

        assertThat(ring.of(TriggerId.of(at(0, List.of()))))
                .extracting(Remembered::bounds)
                .containsExactly(
                        Optional.of(new ReplicaBounds(1, 4)), Optional.of(new ReplicaBounds(2, 8)), Optional.empty());
    }

    @Test
    void givesBackWhatWasAdded() {
        // Given pods that come, go, answer and do not
        Random random = new Random(1);
        List<Snapshot> added = new ArrayList<>();
        DecisionRing ring = new DecisionRing(LONG, PLENTY);

        // When
        for (int second = 0; second < 300; second++) {
            int now = second;
            Snapshot snapshot = at(
                    second,
                    IntStream.range(random.nextInt(2), 4 + random.nextInt(2))
                            .mapToObj(i -> randomPod(i, now, random))
                            .toList());
            added.add(snapshot);
            ring.add(snapshot);
        }

        // Then
        assertThat(remembered(ring, "llm")).isEqualTo(added);
        assertThat(ring.of(new TriggerId(id("llm"), "gpu_cache_usage_perc")))
                .extracting(Remembered::number)
                .isEqualTo(IntStream.range(0, 300).mapToObj(Long::valueOf).toList());
    }

    private static PodStatus randomPod(int i, int second, Random random) {
        Optional<Sample> sample = random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(new Sample(random.nextDouble(), START.plusMillis(second * 1000 - random.nextInt(3000))));
        Optional<Problem> problem = random.nextInt(3) == 0
                ? Optional.of(new Problem(ScrapeFailure.TIMEOUT, "late " + random.nextInt(2)))
                : Optional.empty();
        return new PodStatus(
                "pod-" + i,
                i == 0 ? Optional.empty() : Optional.of("10.0.0." + i),
                PodState.values()[random.nextInt(3)],
                sample,
                problem);
    }

    @Test
    void historyOfZeroLengthOrWithoutMemoryKeepsNothing() {
        for (DecisionRing ring : List.of(new DecisionRing(Duration.ZERO, PLENTY), new DecisionRing(LONG, 0))) {
            ring.add(at(0, List.of()));
            assertThat(remembered(ring, "llm")).isEmpty();
        }
    }

    @Test
    void memoryIsBoundedWhateverTheFleetsAre() {
        // Given
        long max = 1_000_000;
        DecisionRing ring = new DecisionRing(Duration.ofMinutes(4), max);
        int[] sizes = {1_000, 100, 3, 0};
        long oneOfEach = 4 * 600 + 1_103 * 40;

        // When
        for (int second = 0; second < 300; second++) {
            for (int size : sizes) {
                ring.add(of("llm" + size, new Fleet.NotKnown("x"), second, pods(size, second)));
                assertThat(ring.bytes()).isLessThanOrEqualTo(max + oneOfEach);
            }
        }

        // Then
        long counted = IntStream.of(sizes)
                .mapToObj(size -> ring.of(new TriggerId(id("llm" + size), "gpu_cache_usage_perc")))
                .flatMap(List::stream)
                .mapToLong(Remembered::bytes)
                .sum();
        assertThat(ring.bytes()).isEqualTo(counted).isGreaterThan(max * 9 / 10);
    }

    @Test
    void largeFleetKeepsTheWholeTimeInLessDetailAndTakesNothingFromSmallOnes() {
        // Given
        DecisionRing ring = new DecisionRing(LONG, 4_000_000);

        // When
        for (int second = 0; second < 1_900; second++) {
            ring.add(of("large", new Fleet.NotKnown("x"), second, pods(1_000, second)));
            ring.add(of("small", new Fleet.NotKnown("x"), second, pods(2, second)));
        }

        // Then
        assertThat(ages(ring, "small")).hasSize(1_801);
        List<Long> ages = ages(ring, "large");
        assertThat(ages.size()).isBetween(50, 70);
        assertThat(ages.getFirst()).isGreaterThan(1_700);
        // coarser with age: the gap at most a tenth of the age or so, and a few seconds now
        for (int i = 1; i < ages.size(); i++) {
            assertThat(ages.get(i - 1) - ages.get(i)).isLessThan(10 + ages.get(i - 1) / 8);
        }
    }

    @Test
    void momentOfAChangeIsKeptLongerThanOthers() {
        // Given one moment of 1,800 that was decided otherwise, and memory for about one of thirty
        DecisionRing ring = new DecisionRing(LONG, 60 * 600);
        Fleet empty = new Fleet.Known(new Scale(0, 0), 0, List.of());

        // When
        for (int second = 0; second < 600; second++) {
            ring.add(of("llm", second == 100 ? empty : new Fleet.NotKnown("x"), second, List.of()));
        }

        // Then
        assertThat(ages(ring, "llm")).contains(499L).hasSizeLessThanOrEqualTo(60);
    }

    @Test
    void decisionOfAMomentIsTheLatestAtOrBeforeIt() {
        DecisionRing ring = new DecisionRing(LONG, PLENTY);
        for (int second : new int[] {10, 12, 15}) {
            ring.add(at(second, List.of()));
        }
        TriggerId trigger = new TriggerId(id("llm"), "gpu_cache_usage_perc");
        assertThat(ring.at(trigger, START.plusMillis(9_999))).isEmpty();
        assertThat(ring.at(trigger, START.plusSeconds(12))).map(Remembered::at).contains(START.plusSeconds(12));
        assertThat(ring.at(trigger, START.plusMillis(14_999)))
                .map(Remembered::at)
                .contains(START.plusSeconds(12));
        assertThat(ring.at(trigger, START.plusSeconds(99))).map(Remembered::at).contains(START.plusSeconds(15));
    }

    @Test
    void triggerThatIsGoneIsForgottenWithItsMemory() {
        DecisionRing ring = new DecisionRing(LONG, PLENTY);
        ring.add(at(0, pods(3, 0)));
        ring.retain(List.of());
        assertThat(remembered(ring, "llm")).isEmpty();
        assertThat(ring.bytes()).isZero();
    }

    @Test
    void negativeBoundsAreRefused() {
        assertThatThrownBy(() -> new DecisionRing(Duration.ofSeconds(-1), 1)).hasMessageContaining("length = PT-1S");
        assertThatThrownBy(() -> new DecisionRing(LONG, -1)).hasMessageContaining("maxBytes = -1");
    }
}
