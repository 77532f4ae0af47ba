package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServingLoadTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Offset<Double> EXACT = within(1e-9);
    private static final Signal SIGNAL = Signals.named("serving_load");

    private final FleetSignal fleet = SIGNAL.ofFleet();

    private static Work work(double kvUsage, double running, double waiting) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.empty());
    }

    private static Work work(double kvUsage, double running, double waiting, double max) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.of(max));
    }

    private static Measurement read(String body) {
        return SIGNAL.ofPod(Optional.empty()).read(Bodies.real(body, SIGNAL.seriesNames()), NOW);
    }

    private double load(PodValue pod) {
        return fleet.valueOf(pod).orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // body, KV usage, running, waiting, max running, load with u learned from this pod alone
        "nim-1.x,                 0.3845, 24, 0,  64,  0.3845",
        "vllm-0.8.5-busy,         0.3845, 24, 0,  ,    0.3845",
        "vllm-0.10.2-busy,        0.9789, 20, 0,  ,    0.9789",
        "vllm-0.32.0-idle,        0,      0,  0,  ,    0",
        "vllm-0.32.0-saturated,   0.9789, 30, 57, ,    2.8389",
        "vllm-0.32.0-two-engines, 0.3211, 15, 10, ,    1.2140",
        "sglang-0.5,              0.62,   12, 3,  ,    1.155",
        "trtllm-serve-1.3,        0.41,   48, 5,  64,  0.8281",
        "trtllm-serve-1.0,        0.41,   ,   0,  ,    0.41",
        "triton-trtllm,           0.4875, 32, 6,  512, 0.5789"
    })
    void oneBodySaysAllOfIt(String body, double kvUsage, Double running, double waiting, Double max, double load) {
        Work work = (Work) ((Measured) read(body)).value();
        fleet.learn(List.of(work), SECOND);
        assertThat(work.kvUsage()).isCloseTo(kvUsage, within(5e-5));
        assertThat(work.running()).isEqualTo(running == null ? OptionalDouble.empty() : OptionalDouble.of(running));
        assertThat(work.waiting()).isEqualTo(waiting);
        assertThat(work.maxRunning()).isEqualTo(max == null ? OptionalDouble.empty() : OptionalDouble.of(max));
        assertThat(load(work)).isCloseTo(load, within(1e-4));
    }

    @Test
    void podThatHasJustStartedHasNoSample() {
        assertThat(read("vllm-0.8.5-just-started")).isInstanceOf(NoMetric.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm:num_requests_waiting", "vllm:num_requests_running"})
    void numberOfRequestsThatThisEngineHasAndThisBodyLacksIsNotZero(String lacking) {
        List<SampleLine> body = Bodies.real("vllm-0.32.0-saturated", SIGNAL.seriesNames()).stream()
                .filter(series -> !series.name().equals(lacking))
                .toList();
        assertThat(SIGNAL.ofPod(Optional.empty()).read(body, NOW)).isInstanceOf(NoMetric.class);
    }

    @Test
    void valueThatCanNotBeIsNoSample() {
        List<SampleLine> body = List.of(
                new SampleLine("sglang:token_usage", Map.of(), .5, OptionalLong.empty()),
                new SampleLine("sglang:num_running_reqs", Map.of(), 4, OptionalLong.empty()),
                new SampleLine("sglang:num_queue_reqs", Map.of(), Double.NaN, OptionalLong.empty()));
        assertThat(SIGNAL.ofPod(Optional.empty()).read(body, NOW)).isInstanceOf(BadValue.class);
    }

    @Test
    void modelThatIsNotThereIsNoSample() {
        assertThat(SIGNAL.ofPod(Optional.of("other"))
                        .read(Bodies.real("vllm-0.32.0-saturated", SIGNAL.seriesNames()), NOW))
                .isInstanceOf(NoMetric.class);
    }

    @Test
    void fleetThatIsNotKnownYetTakesTheColdShareForWhatWaits() {
        assertThat(load(work(.5, 4, 10))).isCloseTo(.5 + 10 * .02, EXACT);
    }

    @Test
    void fewRunningRequestsTeachNothing() {
        fleet.learn(List.of(work(.5, 4, 10), work(.0, 3, 0)), SECOND);
        assertThat(load(work(.5, 4, 10))).isCloseTo(.5 + 10 * .02, EXACT);
    }

    @Test
    void shareIsLearnedFromTheWholeFleetAtOnceAndThenSlowly() {
        // Given: 1.0 over 20 requests
        fleet.learn(List.of(work(.4, 8, 0), work(.6, 12, 0)), SECOND);
        double first = load(work(0, 0, 1));

        // When: 1.0 over 10 requests, for one half-life
        fleet.learn(List.of(work(1, 10, 0)), Duration.ofMinutes(5));

        // Then
        assertThat(first).isCloseTo(.05, EXACT);
        assertThat(load(work(0, 0, 1))).isCloseTo(.075, EXACT);
    }

    @Test
    void shareIsNeverSmallerThanASlotOrTheFloor() {
        fleet.learn(List.of(work(.0001, 100, 0)), SECOND);
        assertThat(load(work(0, 0, 1))).isCloseTo(.001, EXACT);
        assertThat(load(work(0, 0, 1, 50))).isCloseTo(.02, EXACT);
    }

    @Test
    void slotsBindWhereTheKvCacheIsNotNearlyFull() {
        // The public log: 294 waiting at 46 %
        fleet.learn(List.of(work(.46, 256, 294, 256)), SECOND);
        assertThat(load(work(.46, 256, 294, 256))).isCloseTo(1 + 294 / 256.0, EXACT);
    }

    @Test
    void givenMaximumComesFirst() {
        FleetSignal given = Signals.named(
                        "serving_load",
                        new SignalOptions(OptionalInt.of(32), Duration.ofMinutes(1), OptionalDouble.empty()))
                .ofFleet();
        assertThat(given.valueOf(work(.1, 16, 0, 256)).orElseThrow()).isCloseTo(.5, EXACT);
    }

    @Test
    void maximumIsLearnedWhileRequestsWaitForASlot() {
        // Given: nothing waits; then something waits for the KV cache
        fleet.learn(List.of(work(.3, 60, 0)), SECOND);
        fleet.learn(List.of(work(.97, 30, 50)), SECOND);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.3, EXACT);

        // When
        fleet.learn(List.of(work(.3, 64, 5)), SECOND);

        // Then
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, EXACT);
    }

    @Test
    void moreRunningThanTheLearnedMaximumRaisesIt() {
        fleet.learn(List.of(work(.3, 16, 5)), SECOND);
        fleet.learn(List.of(work(.3, 64, 0)), SECOND);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, EXACT);
    }

    @Test
    void oneWrongReadingOfTheMaximumIsForgottenWithinAnHour() {
        // Given
        fleet.learn(List.of(work(.3, 64_000, 5)), SECOND);
        for (int minute = 1; minute <= 60; minute++) {
            fleet.learn(List.of(work(.3, 64, 5)), Duration.ofMinutes(1));
            assertThat(load(work(.3, 64, 0))).isCloseTo(.3, EXACT);
        }

        // When
        fleet.learn(List.of(work(.3, 64, 5)), SECOND);

        // Then
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, EXACT);
    }

    @Test
    void nightInWhichNothingWaitsForgetsNoMaximum() {
        fleet.learn(List.of(work(.3, 64, 5)), SECOND);
        fleet.learn(List.of(work(.1, 8, 0)), Duration.ofHours(8));
        fleet.learn(List.of(), SECOND);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, EXACT);
    }

    @Test
    void wrongMaximumNeverMakesWhatRunsMoreThanFull() {
        assertThat(load(work(.3, 64, 0, 16))).isCloseTo(1, EXACT);
    }

    @Test
    void maximumOfZeroIsNone() {
        assertThat(load(work(.3, 64, 0, 0))).isCloseTo(.3, EXACT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void loadIsMonotoneInEachOfItsParts(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            Work pod = work(random.nextDouble(), random.nextInt(300), random.nextInt(300), random.nextInt(300));
            fleet.learn(List.of(pod), SECOND);
            double before = load(pod);
            double max = pod.maxRunning().orElseThrow();
            double running = pod.running().orElseThrow();
            assertThat(load(work(Math.min(1, pod.kvUsage() + .1), running, pod.waiting(), max)))
                    .isGreaterThanOrEqualTo(before);
            assertThat(load(work(pod.kvUsage(), running + 5, pod.waiting(), max)))
                    .isGreaterThanOrEqualTo(before);
            assertThat(load(work(pod.kvUsage(), running, pod.waiting() + 1, max)))
                    .isGreaterThan(before);
        }
    }
}
