package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRoomTest {

    private static final ScaledObjectId SMALL = new ScaledObjectId("ours", "small");
    private static final ScaledObjectId LARGE = new ScaledObjectId("ours", "large");
    private static final ScaledObjectId ONE = new ScaledObjectId("theirs", "one");
    private static final ScaledObjectId TWO = new ScaledObjectId("theirs", "two");
    private static final ScaledObjectId THREE = new ScaledObjectId("theirs", "three");

    /** The shipped limit has room for one fleet of the largest size. */
    @ParameterizedTest
    @CsvSource({"161061273, 5053", "322122547, 13106", "30000000, 1000", "100000000000, 50000"})
    void goesWithTheHeap(long bytes, int pods) {
        assertThat(PodRoom.forHeap(bytes)).isEqualTo(pods);
    }

    /** Nothing is remembered of them yet. */
    private static PodRoom.Kept unread(int pods) {
        return new PodRoom.Kept(pods, 0);
    }

    /** Each of them unread. */
    private static Map<ScaledObjectId, PodRoom.Kept> pods(Map<ScaledObjectId, Integer> numbers) {
        return numbers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> unread(entry.getValue())));
    }

    /** 10.5 kB of each pod, and what is remembered of it; in pods of 14 kB. */
    @ParameterizedTest
    @CsvSource({
        "5000, 0, 5000",
        "5000, 17500000, 5000",
        "1400, 12600000, 1950",
        "1400, 17500000, 2300",
        "0, 0, 0",
        "5000, 1440000000, 106607"
    })
    void podThatMoreIsRememberedOfCountsAsMore(int pods, long bytes, long weight) {
        assertThat(new PodRoom.Kept(pods, bytes).weight()).isEqualTo(weight);
    }

    @Test
    void fleetOfManyTriggersGoesBeforeALargerOneOfOne() {
        PodRoom.Kept many = new PodRoom.Kept(40, 11_520_000);
        assertThat(new PodRoom(100).over(Map.of(LARGE, unread(60), SMALL, many)))
                .containsExactly(SMALL);
        assertThat(new PodRoom(100).refusal(many))
                .isEqualTo(
                        "expected at most 100 pods of all ScaledObjects with this memory limit; this one has 40, which take"
                                + " as much as 852 with one gauge, the most in the namespace with the most pods");
    }

    @Test
    void nobodyHasToGoUpToTheBound() {
        assertThat(new PodRoom(100).over(pods(Map.of(SMALL, 10, LARGE, 90)))).isEmpty();
        assertThat(new PodRoom(100).over(Map.of())).isEmpty();
    }

    @Test
    void largestFleetOfTheLargestNamespaceGoes() {
        assertThat(new PodRoom(100).over(pods(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1))))
                .containsExactly(TWO);
    }

    @Test
    void asManyGoAsHaveTo() {
        assertThat(new PodRoom(20).over(pods(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1))))
                .containsExactly(TWO, LARGE, ONE);
    }

    @Test
    void saysHowManyThereIsRoomFor() {
        assertThat(new PodRoom(20).refusal(unread(35)))
                .isEqualTo("expected at most 20 pods of all ScaledObjects with this memory limit; this one has 35,"
                        + " the most in the namespace with the most pods");
    }

    /** As they answer, before all of them have: 200 pods with 1,024 series each beside a good fleet. */
    @Test
    void fleetWhosePodsSayTooMuchIsRefusedWhileItIsRead() {
        PodRoom room = new PodRoom(300);
        Map<ScaledObjectId, Integer> sizes = Map.of(LARGE, 200, ONE, 50);
        Set<ScaledObjectId> refused = new HashSet<>();
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Pods cluster = (id, _) -> refused.contains(id)
                ? new Observation.NoRoom("no room")
                : fleet(Objects.requireNonNull(sizes.get(id)), start);
        Scalers scalers = new Scalers(
                cluster,
                (_, done) -> done.accept(new ScrapeResult.Scraped(SERIES)),
                WakeSources.none(),
                GpuExporters.none(),
                _ -> {});
        scalers.put(LARGE, List.of(Triggers.with("metric", "rate(many_total)")), false, start);
        scalers.put(ONE, List.of(Triggers.with("metric", "one")), false, start);
        String refusal = "";
        long most = 0;
        for (int turn = 0; turn < 40; turn++) {
            Instant now = start.plusMillis(50L * turn);
            sizes.keySet().forEach(id -> scalers.tick(id, now));
            most = Math.max(most, scalers.keptOfPods(LARGE) + scalers.keptOfPods(ONE));
            if (turn % 10 == 9 && refused.isEmpty()) {
                Map<ScaledObjectId, PodRoom.Kept> kept = sizes.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> new PodRoom.Kept(entry.getValue(), scalers.keptOfPods(entry.getKey()))));
                refused.addAll(room.over(kept));
                refusal = refused.contains(LARGE) ? room.refusal(Objects.requireNonNull(kept.get(LARGE))) : refusal;
            }
        }

        assertThat(refused).containsExactly(LARGE);
        assertThat(refusal)
                .matches(
                        "expected at most 300 pods of all ScaledObjects with this memory limit; this one has 200, which take"
                                + " as much as [0-9]{3,4} with one gauge, the most in the namespace with the most pods");
        // All of them would be 19 MB
        assertThat(most).isLessThan(14_000_000);
        assertThat(scalers.keptOfPods(LARGE)).isZero();
        assertThat(scalers.keptOfPods(ONE)).isPositive();
    }

    private static final List<SampleLine> SERIES = Stream.concat(
                    Stream.of(new SampleLine("one", Map.of(), .5, OptionalLong.empty())),
                    IntStream.range(0, 1_024)
                            .mapToObj(i -> new SampleLine(
                                    "many_total", Map.of("series", Integer.toString(i)), 1, OptionalLong.empty())))
            .toList();

    private static Observation fleet(int size, Instant since) {
        return new Observation.Known(
                new Scale(size, size),
                size,
                IntStream.range(0, size)
                        .mapToObj(i -> new Pod(
                                "pod-" + i,
                                "uid-" + i,
                                Pod.Access.at(Optional.of("10.0.0." + i), Map.of()),
                                Pod.Startup.ready(since, since)))
                        .toList());
    }
}
