package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.Series;
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
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.empty(), Pace.UNKNOWN);
    }

    private static Work work(double kvUsage, double running, double waiting, double max) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.of(max), Pace.UNKNOWN);
    }

    private static Measurement read(String body) {
        return SIGNAL.ofPod(Optional.empty()).read(Bodies.real(body, SIGNAL.seriesNames()), NOW);
    }

    private double load(PodValue pod) {
        return fleet.valueOf(pod).orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // body, KV usage, running, waiting, max running, load; where it counts what it completes, one body says nothing
        // of a queue
        "nim-1.x,                 0.3845, 24, 0,  64,  0.3845",
        "vllm-0.8.5-busy,         0.3845, 24, 0,  ,    0.3845",
        "vllm-0.10.2-busy,        0.9789, 20, 0,  ,    0.9789",
        "vllm-0.32.0-idle,        0,      0,  0,  ,    0",
        "vllm-0.32.0-saturated,   0.9789, 30, 57, ,    1.0359",
        "vllm-0.32.0-two-engines, 0.3211, 15, 10, ,    0.3311",
        "sglang-0.5,              0.62,   12, 3,  ,    0.775",
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
        List<Series> body = Bodies.real("vllm-0.32.0-saturated", SIGNAL.seriesNames()).stream()
                .filter(series -> !series.name().equals(lacking))
                .toList();
        assertThat(SIGNAL.ofPod(Optional.empty()).read(body, NOW)).isInstanceOf(NoMetric.class);
    }

    @Test
    void valueThatCanNotBeIsNoSample() {
        List<Series> body = List.of(
                new Series("sglang:token_usage", Map.of(), .5, OptionalLong.empty()),
                new Series("sglang:num_running_reqs", Map.of(), 4, OptionalLong.empty()),
                new Series("sglang:num_queue_reqs", Map.of(), Double.NaN, OptionalLong.empty()));
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
    void whereCompletionsAreNotKnownARequestTakesWhatARunningOneDoes() {
        fleet.learn(List.of(work(.4, 8, 0), work(.6, 12, 0)), SECOND);
        assertThat(load(work(0, 0, 1))).isCloseTo(.05, EXACT);
        fleet.learn(List.of(work(.0001, 100, 0, 50)), SECOND);
        assertThat(load(work(0, 0, 1, 50))).isCloseTo(.01, EXACT);
    }

    /** One pod that is read every 2 s. */
    private final class Watched {

        private final PodSignal pod = SIGNAL.ofPod(Optional.empty());
        private Instant now = NOW;
        private double tokens;
        private double completed;

        PodValue.Work read(
                double kvUsage, double running, double waiting, double tokensASecond, double completedASecond) {
            now = now.plusSeconds(2);
            tokens += 2 * tokensASecond;
            completed += 2 * completedASecond;
            List<Series> body = List.of(
                    one("vllm:kv_cache_usage_perc", kvUsage),
                    one("vllm:num_requests_running", running),
                    one("vllm:num_requests_waiting", waiting),
                    counter("vllm:generation_tokens_total", tokens),
                    counter("vllm:request_success_total", completed));
            return (Work) ((Measured) pod.read(body, now)).value();
        }

        /** For so many scrapes the same; the last of them. */
        PodValue.Work read(int scrapes, double kvUsage, double running, double waiting) {
            PodValue.Work last = read(kvUsage, running, waiting, 100 * running, running / 10);
            for (int i = 1; i < scrapes; i++) {
                last = read(kvUsage, running, waiting, 100 * running, running / 10);
            }
            fleet.learn(List.of(last), SECOND);
            return last;
        }

        private static Series one(String name, double value) {
            return new Series(name, Map.of(), value, OptionalLong.empty());
        }

        /** As engines write them: with a line before it that says that it is a counter. */
        private static Series counter(String name, double value) {
            return new Series(name, Map.of(), value, OptionalLong.empty(), MetricType.COUNTER);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.0005", "0.02, 0.0001", "0.008, 0.0008"})
    void loadIsWhatAPodGeneratesOverWhatItWouldWhenFull(double alone, double perRequest) {
        // Given: five minutes in which the batch comes and goes, and a token takes longer with it
        Watched pod = new Watched();
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 200; i++) {
            double running = 30 + 20 * Math.sin(i / 12.0);
            last = pod.read(running / 100, running, 0, running / (alone + perRequest * running), 1);
        }

        // When
        fleet.learn(List.of(last), SECOND);

        // Then
        for (double running : new double[] {10, 30, 60, 90}) {
            double generated = running / (alone + perRequest * running);
            double full = 100 / (alone + perRequest * 100);
            assertThat(load(work(running / 100, running, 0))).isCloseTo(generated / full, within(.08));
        }
    }

    @Test
    void batchThatNeverChangesTeachesNothingAndAnIdlePodCarriesNothing() {
        Watched pod = new Watched();
        pod.read(200, .4, 24, 0);
        assertThat(load(work(.4, 24, 0))).isCloseTo(.4, within(1e-6));
        assertThat(load(work(0, 0, 0))).isZero();
    }

    @Test
    void whoBeganToWatchFiveMinutesAgoSaysTheSameAsWhoEverDid() {
        // Given
        Watched older = new Watched();
        FleetSignal other = SIGNAL.ofFleet();
        PodSignal younger = SIGNAL.ofPod(Optional.empty());
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            double running = 10 + random.nextInt(50);
            older.read(.1, running, 0, running / (.01 + .0005 * running), 1);
        }

        // When
        PodValue.Work seen = older.read(.1, 10, 0, 500, 1);
        PodValue.Work seenByBoth = seen;
        for (int i = 0; i < 170; i++) {
            double running = 10 + random.nextInt(50);
            seen = older.read(.1, running, 0, running / (.01 + .0005 * running), 1);
            seenByBoth = (Work) ((Measured) younger.read(
                            List.of(
                                    Watched.one("vllm:kv_cache_usage_perc", .1),
                                    Watched.one(
                                            "vllm:num_requests_running",
                                            seen.running().orElseThrow()),
                                    Watched.one("vllm:num_requests_waiting", 0),
                                    Watched.counter("vllm:generation_tokens_total", older.tokens),
                                    Watched.counter("vllm:request_success_total", older.completed)),
                            older.now))
                    .value();
        }
        fleet.learn(List.of(seen), SECOND);
        other.learn(List.of(seenByBoth), SECOND);

        // Then: not the same intervals, but the same five minutes
        assertThat(other.valueOf(work(.1, 30, 0)).orElseThrow()).isCloseTo(load(work(.1, 30, 0)), within(.1));
    }

    @Test
    void queueThatStandsAsksForWhatWorksItOffWithinTwoMinutes() {
        // Given: a full pod, 1 / s completed, 600 in the queue
        Watched pod = new Watched();
        pod.read(.98, 10, 600, 1000, 1);

        // When
        PodValue.Work last = pod.read(60, .98, 10, 600);

        // Then: 5 / s are 5 times what it completes, less a quarter of what it does
        assertThat(load(last)).isCloseTo(.98 + .98 * 5 - .25 * .98, within(.01));
    }

    @Test
    void queueThatGrowsAsksForWhatItGrowsBy() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.98, 10, 0, 1000, 1);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.98, 10, i, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        // 0.5 / s, half of what it completes; a minute's backlog is within its room
        assertThat(load(last)).isCloseTo(.98 * 1.75, within(.02));
    }

    @Test
    void queueOfAPodThatWasJustFoundOrdersNothingYet() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(2, .98, 30, 500);
        assertThat(load(last)).isCloseTo(.98 + 500 * .001, within(1e-6));
    }

    @Test
    void maximumIsLearnedWhereRequestsWaitForASlotAllTheTime() {
        Watched pod = new Watched();
        pod.read(20, .3, 64, 5);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void oneRequestThatWaitsForAMomentTeachesNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .1, 10, 0);
        pod.read(1, .1, 10, 1);
        pod.read(20, .1, 10, 0);
        assertThat(load(work(.1, 10, 0))).isCloseTo(.1, within(1e-6));
    }

    @Test
    void queueForTheKvCacheTeachesNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .97, 30, 50);
        assertThat(load(work(.3, 30, 0))).isCloseTo(.3, within(1e-6));
    }

    @Test
    void moreRunningThanTheLearnedMaximumRaisesIt() {
        Watched pod = new Watched();
        pod.read(20, .3, 16, 5);
        pod.read(1, .3, 64, 0);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void nightInWhichNothingWaitsForgetsNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .3, 64, 5);
        fleet.learn(List.of(work(.1, 8, 0)), Duration.ofHours(8));
        fleet.learn(List.of(), SECOND);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void counterThatBeginsAnewIsNoProgress() {
        Watched pod = new Watched();
        pod.read(20, .98, 30, 100);
        pod.tokens = 0;
        pod.completed = 0;
        assertThat(pod.read(1, .98, 30, 100).pace().tooEarly()).isTrue();
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
