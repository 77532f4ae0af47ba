package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServingLoadTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Offset<Double> EXACT = within(1e-9);
    private static final Signal SIGNAL = Signals.named("serving_load");

    private final FleetSignal fleet = SIGNAL.ofFleet();

    /** Of a pod whose batch was seen to go up and down a lot, and to cost nothing; nothing else is known of it. */
    private static final Pace FREE_BATCH =
            new Pace(1, 0, 0, 1e12, 0, false, true, true, 0, Double.NaN, Double.NaN, 0, 0, 0, false, 0);

    private static Work work(double kvUsage, double running, double waiting) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.empty(), FREE_BATCH);
    }

    private static Work work(double kvUsage, double running, double waiting, double max) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.of(max), FREE_BATCH);
    }

    private static Work work(Work read, double max) {
        return new Work(read.kvUsage(), read.running(), read.waiting(), OptionalDouble.of(max), read.pace());
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

    /** So a pod that came a moment ago counts at once; a signal that looks back leaves it out for so long. */
    @Test
    void valueIsOfThisMoment() {
        assertThat(SIGNAL.window()).isZero();
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
    void whereCompletionsAreNotKnownARequestTakesWhatARunningOneDoes() {
        fleet.learn(List.of(work(.4, 8, 0), work(.6, 12, 0)), SECOND);
        assertThat(load(work(0, 0, 1))).isCloseTo(.05, EXACT);
        fleet.learn(List.of(work(.0001, 100, 0, 50)), SECOND);
        assertThat(load(work(0, 0, 1, 50))).isCloseTo(.01, EXACT);
    }

    /** One pod that is read every so many seconds. */
    private final class Watched {

        private final PodSignal pod;
        private final long seconds;
        private Instant now = NOW;
        private double tokens;
        private double completed;

        Watched() {
            this(2);
        }

        Watched(long seconds) {
            this.seconds = seconds;
            this.pod = readEvery(seconds).ofPod(Optional.empty());
        }

        PodValue.Work read(
                double kvUsage, double running, double waiting, double tokensASecond, double completedASecond) {
            tokens += seconds * tokensASecond;
            completed += seconds * completedASecond;
            return read(
                    kvUsage,
                    running,
                    waiting,
                    counter("vllm:generation_tokens_total", tokens),
                    counter("vllm:request_success_total", completed));
        }

        PodValue.Work read(double kvUsage, double running, double waiting, SampleLine... counters) {
            now = now.plusSeconds(seconds);
            List<SampleLine> body = new ArrayList<>(List.of(
                    one("vllm:kv_cache_usage_perc", kvUsage),
                    one("vllm:num_requests_running", running),
                    one("vllm:num_requests_waiting", waiting)));
            body.addAll(List.of(counters));
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

        private static SampleLine one(String name, double value) {
            return new SampleLine(name, Map.of(), value, OptionalLong.empty());
        }

        /** As engines write them: with a line before it that says that it is a counter. */
        private static SampleLine counter(String name, double value) {
            return counter(name, Map.of(), value);
        }

        private static SampleLine counter(String name, Map<String, String> labels, double value) {
            return new SampleLine(name, labels, value, OptionalLong.empty(), MetricType.COUNTER);
        }
    }

    private static Signal readEvery(long seconds) {
        return Signals.named(
                "serving_load",
                new SignalOptions(
                        OptionalInt.empty(), Duration.ofSeconds(Math.max(60, 4 * seconds)), OptionalDouble.empty()));
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.0005", "0.02, 0.0001", "0.008, 0.0008"})
    void loadIsWhatAPodGeneratesOverWhatItWouldWhenFull(double alone, double perRequest) {
        // Given: half an hour in which the batch comes and goes, and a token takes longer with it
        Watched pod = new Watched();
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 1800; i++) {
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

    /** Polls of more than 5 s make the intervals longer. */
    @ParameterizedTest(name = "a poll each {0} s")
    @ValueSource(ints = {6, 10, 15, 30})
    void costIsMeasuredHoweverRarelyPodsAreRead(int seconds) {
        Watched pod = new Watched(seconds);
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 1200 / seconds * 6; i++) {
            double running = 30 + 25 * Math.sin(i / 12.0);
            last = pod.read(running / 100, running, 0, running / (.01 + .0005 * running), 1);
        }

        fleet.learn(List.of(last), SECOND);

        double generated = 30 / (.01 + .0005 * 30);
        assertThat(load(work(.3, 30, 0))).isCloseTo(generated / (100 / (.01 + .0005 * 100)), within(.08));
    }

    /** What a token costs lies between two bounds while little was seen of it: a fleet that may be right keeps its size. */
    @Nested
    class LittleKnownCost {

        private double perPod(int scrapes) {
            Watched pod = new Watched();
            PodValue.Work last = pod.read(.1, 16, 0, 740, 1);
            for (int i = 1; i < scrapes; i++) {
                double running = 16 + 6 * Math.sin(i / 12.0);
                last = pod.read(.1, running, 0, running / (.02 + .0001 * running), 1);
            }
            fleet.aimAt(.4, 1);
            fleet.learn(List.of(work(last, 100)), SECOND);
            return load(work(last, 100));
        }

        @Test
        void fleetThatMayBeRightIsHeld() {
            assertThat(perPod(40)).isCloseTo(.4, EXACT);
        }

        @Test
        void fleetWhoseCostIsKnownMayGetSmaller() {
            assertThat(perPod(900)).isBetween(.1, .3);
        }

        @Test
        void costOfWhichNothingWasSeenIsNotKnownToBeNothing() {
            assertThat(perPod(3)).isCloseTo(.4, EXACT);
        }

        /** At most .16 + .6 · (1 − .16): a tenth of a token's time for each of 15 requests. */
        @ParameterizedTest(name = "target {0}: {1}")
        @CsvSource({"0.1, 0.16", "0.5, 0.5", "0.8, 0.664"})
        void costOfAnEngineThatCountsNoTokensIsNotKnown(double target, double expected) {
            PodValue.Work pod = new Work(
                    .16, OptionalDouble.of(15), 0, OptionalDouble.of(100), Pace.UNKNOWN);
            fleet.aimAt(target, 1);
            fleet.learn(List.of(pod), SECOND);
            assertThat(load(pod)).isCloseTo(expected, EXACT);
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
    void queueThatStandsAsksForWhatWorksItOffWithinFiveMinutes() {
        // Given: a full pod, 1 / s completed, 600 in the queue
        Watched pod = new Watched();

        // When
        PodValue.Work last = pod.read(60, .98, 10, 600);

        // Then: 2 / s are twice what it completes, less a quarter of what it does
        assertThat(load(last)).isCloseTo(1 + 2 - .25, within(.01));
    }

    /** Their queue grew by what the new pod does now: 1 full pod and 1 / s of growth that the newcomer takes, and not two of growth. */
    @Test
    void queueThatGrewBeforeTheNewestPodCameIsNotWhatGrowsNow() {
        // Given: a full pod that completes 1 / s while its queue grows by 1 / s
        Watched old = new Watched();
        PodValue.Work first = old.read(.98, 10, 0, 1000, 1);
        for (int i = 1; i < 60; i++) {
            first = old.read(.98, 10, 2 * i, 1000, 1);
        }
        fleet.aimAt(.8, 2);
        fleet.learn(List.of(first), SECOND);
        double alone = load(first);

        // When: another one came 12 s ago, and is full as well
        Watched young = new Watched();
        PodValue.Work second = young.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i < 7; i++) {
            second = young.read(.98, 10, 2, 1000, 1);
        }
        fleet.learn(List.of(first, second), SECOND);

        // Then
        assertThat(alone).isCloseTo(1 + 1 + .2, within(.1));
        assertThat(load(first) + load(second)).isBetween(1.9, 2.45);
    }

    /** As while a fleet changes to an engine that counts tokens: the pods of the other are not the newest. */
    @Test
    void queueOfANewPodDoesNotGrowByPodsThatWereWatchedForLonger() {
        Watched old = new Watched();
        double completed = 0;
        PodValue.Work first = old.read(.98, 10, 0, Watched.counter("vllm:request_success_total", completed));
        for (int i = 1; i < 60; i++) {
            completed += 2;
            first = old.read(.98, 10, 0, Watched.counter("vllm:request_success_total", completed));
        }
        Watched young = new Watched();
        PodValue.Work second = young.read(.98, 10, 0, 1000, 1);
        for (int i = 1; i < 10; i++) {
            second = young.read(.98, 10, i, 1000, 1);
        }
        fleet.aimAt(.8, 2);
        fleet.learn(List.of(first, second), SECOND);

        assertThat(load(second)).isCloseTo(.98 + .5, within(.1));
    }

    @Test
    void podsThatAreToBeFullHaveNoRoomForAQueue() {
        Watched pod = new Watched();
        fleet.aimAt(1, 1);

        PodValue.Work last = pod.read(60, .98, 10, 600);

        assertThat(load(last)).isCloseTo(1 + 2, within(.01));
    }

    /**
     * It is full, for it does more than what comes. Where it does hardly more, the queue of a minute asks for a fifth more than what it
     * does, less than that where the queue falls.
     */
    @ParameterizedTest(name = "{0} in two seconds at T = {1}: {2}")
    @CsvSource({"-0.5, 0.80, 0.80", "-0.5, 0.40, 0.75", "-0.3, 0.80, 0.9", "-0.1, 0.80, 1.1", "0, 0.80, 1.2"})
    void queueThatFallsAsksForWhatComes(double growth, double target, double expected) {
        Watched pod = new Watched();
        fleet.aimAt(target, 1);
        PodValue.Work last = pod.read(.98, 10, 62, 1000, 1);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.98, 10, 62 + i * growth, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isCloseTo(expected, within(.02));
    }

    /** What a pod that was just found does into its queue is not known. */
    @Test
    void whatIsNotKnownOfAQueueIsNoWorkOnIt() {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 10, 62, 1000, 1);
        for (int i = 1; i <= 5; i++) {
            last = pod.read(.98, 10, 62 - 5 * i, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isGreaterThan(.98);
    }

    /** A full pod of a fast engine: 5 requests a second are completed, so 3,000 that wait are two of five minutes of its work. */
    @Test
    void longQueueThatIsWorkedOffOrdersNothingHoweverMuchAFastEngineDoesWithinAMinute() {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 10, 900, 1000, 5);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.98, 10, 900 - 4 * i, 1000, 5);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isCloseTo(1 - 2.0 / 5 * .5, within(.02));
    }

    /** Its queue is gone, and 40 that were in it still run: 2 / s complete, and 1 / s comes. */
    @Test
    void whatRunsOfAQueueThatIsGoneIsNotWhatComes() {
        Watched pod = new Watched();
        fleet.aimAt(.5, 1);
        PodValue.Work last = pod.read(1, 50, 30, 2000, 2);
        for (int i = 1; i <= 15; i++) {
            last = pod.read(1, 50, 30 - 2 * i, 2000, 2);
        }
        for (int i = 1; i <= 20; i++) {
            last = pod.read(1 - i / 50.0, 50 - 2 * i, 0, 2000, 2);
        }
        fleet.learn(List.of(work(last, 50)), SECOND);
        double drains = load(work(last, 50));
        for (int i = 1; i <= 20; i++) {
            last = pod.read(.2, 10, 0, 1000, 1);
        }
        fleet.learn(List.of(work(last, 50)), SECOND);

        assertThat(drains).as("half of the .6 that it shows").isCloseTo(.3, within(.05));
        assertThat(load(work(last, 50)))
                .as("all that it shows once no more falls")
                .isGreaterThanOrEqualTo(.2);
    }

    /** As many come as it completes, and now and then a client gives up: a queue that falls by that was not worked off. */
    @Test
    void clientsThatGiveUpAFewAtATimeAreNoWorkThatWasDone() {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 10, 100, 1000, 1);
        for (int i = 1; i <= 120; i++) {
            last = pod.read(.98, 10, 100 - i / 8.0, 1000, 1);
            fleet.learn(List.of(last), SECOND);
            assertThat(load(last)).as("after %d s", 2 * i).isGreaterThanOrEqualTo(.98);
        }
        assertThat(load(last)).isGreaterThan(1.05);
    }

    /** The pod began anew, or clients gave up: nobody worked on it. */
    @ParameterizedTest(name = "{0} of 12 still run")
    @ValueSource(ints = {0, 10, 12})
    void queueThatIsGoneWithoutHavingBeenWorkedOnWasNotWorkedOff(int running) {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 12, 200, 1000, 1);
        for (int i = 1; i <= 20; i++) {
            last = pod.read(.98, 12, 200, 1000, 1);
        }
        for (int i = 1; i <= 5; i++) {
            last = pod.read(.98, running, 0, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        // At most the 2 that were completed meanwhile, of 30 in half a minute
        assertThat(load(last)).isGreaterThan(.98 * (1 - 2.0 / 30) - .001);
    }

    @Test
    void queueThatGrowsAsksForWhatItGrowsBy() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.98, 10, 2 + i, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        // 0.5 / s, half of what it completes, and a fifth, for it may go on to rise
        assertThat(load(last)).isCloseTo(1.7, within(.06));
    }

    @Test
    void queueOfAPodThatWasJustFoundOrdersNothingYet() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(2, .98, 30, 500);
        assertThat(load(last)).isCloseTo(.98 + 500 * .001, within(1e-6));
    }

    /** The maximum that is stated is far above what the engine can do, and the KV cache is not what requests wait for. */
    @Test
    void podWithAQueueThatStandsIsFullWhateverElseItSays() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.32, 20, 2, 400, 2);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.32, 20, 2 + i, 400, 2);
        }
        PodValue.Work stated = new Work(.32, last.running(), last.waiting(), OptionalDouble.of(256), last.pace());
        fleet.learn(List.of(stated, stated, stated, stated), SECOND);
        assertThat(load(stated)).isGreaterThan(1.2);
    }

    @Test
    void oneRequestThatNeverGetsItsTurnMakesNoPodFull() {
        Watched pod = new Watched();
        assertThat(load(pod.read(60, .1, 2, 1))).isLessThan(.15);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 10, 15, 20, 30, 60, 300})
    void queueIsSeenHoweverFarTheScrapesAreApart(long seconds) {
        Watched pod = new Watched(seconds);
        PodValue.Work last = pod.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i <= Math.max(3, 60 / seconds); i++) {
            last = pod.read(.98, 10, 2 + i * seconds / 2.0, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isGreaterThan(1.4);
    }

    @Test
    void whatWasLearnedStaysWhileNoPodSaysAnything() {
        // Given: a share of a waiting request, and what the batch costs
        Watched pod = new Watched();
        for (int i = 0; i < 200; i++) {
            double running = 30 + 20 * Math.sin(i / 12.0);
            PodValue.Work seen = pod.read(running / 100, running, 600, running / (.01 + .0005 * running), 1);
            fleet.learn(List.of(seen), SECOND);
        }
        PodValue.Work waits = work(.3, 30, 100);
        double before = load(waits);

        // When: nobody answers, and then only pods that were just found
        fleet.learn(List.of(), Duration.ofMinutes(10));
        double unseen = load(waits);
        fleet.learn(List.of(new Watched().read(.3, 30, 100, 1000, 1)), SECOND);

        // Then
        assertThat(unseen).isEqualTo(before);
        assertThat(load(waits)).isCloseTo(before, EXACT);
    }

    @Test
    void slowEngineOrdersNoMoreThanItsQueueWouldHold() {
        Watched slow = new Watched();
        PodValue.Work last = slow.read(.9, 20, 300, 20, .05);
        for (int i = 0; i < 300; i++) {
            last = slow.read(.9, 20, 300, 20, .05);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isBetween(1.0, 1 + 300 / 20.0);
    }

    /** With fewer completions than prove anything the queue is what it would hold, as where they are not counted at all. */
    @Test
    void fewCompletionsProveNothing() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.9, 20, 100, 20, .01);
        for (int i = 0; i < 60; i++) {
            last = pod.read(.9, 20, 100, 20, .01);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isCloseTo(1 + 100 / 20.0, within(.01));
    }

    private static List<List<SampleLine>> impossibleCounters() {
        String completed = "vllm:request_success_total";
        return List.of(
                List.of(Watched.counter(completed, Double.NaN)),
                List.of(Watched.counter(completed, Double.POSITIVE_INFINITY)),
                List.of(Watched.counter(completed, -1)),
                List.of(Watched.counter(completed, Double.MAX_VALUE)),
                List.of(Watched.counter(completed, 1e19)),
                List.of(Watched.counter(completed, 5), Watched.counter(completed, 6)),
                List.of(new SampleLine(completed, Map.of(), 5, OptionalLong.empty(), MetricType.HISTOGRAM)));
    }

    @ParameterizedTest
    @MethodSource("impossibleCounters")
    void counterThatCanNotBeMakesThisPodsPaceUnknownAndNoOthers(List<SampleLine> impossible) {
        // Given
        Watched good = new Watched();
        Watched bad = new Watched();
        PodValue.Work ofGood = good.read(60, .98, 10, 600);
        bad.read(60, .98, 10, 600);
        double alone = load(ofGood);

        // When
        PodValue.Work ofBad = bad.read(.98, 10, 600, impossible.toArray(SampleLine[]::new));
        fleet.learn(List.of(ofGood, ofBad), SECOND);

        // Then
        assertThat(ofBad.pace().completed()).isNaN();
        assertThat(load(ofGood)).isCloseTo(alone, within(.01));
        assertThat(load(ofBad)).isCloseTo(alone, within(.01));
    }

    @Test
    void counterIsComparedSeriesBySeries() {
        // Given: 1 / s of one reason, and one request of another, whose series begins anew at each scrape
        Watched pod = new Watched();
        PodValue.Work last = null;
        for (int i = 0; i < 60; i++) {
            last = pod.read(
                    .98,
                    10,
                    600,
                    Watched.counter("vllm:generation_tokens_total", 1000.0 * i),
                    Watched.counter("vllm:request_success_total", Map.of("finished_reason", "stop"), 2.0 * i),
                    Watched.counter(
                            "vllm:request_success_total", Map.of("finished_reason", "abort"), i % 2 == 0 ? 1000 : 0));
        }
        // Then: each fall is a reset to 0, and each rise is counted; the other series is not taken for one that fell
        assertThat(Objects.requireNonNull(last).pace().completed()).isGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-300, 1e15})
    void whateverIsReadTheLoadIsANumber(double extreme) {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.5, extreme, extreme, 0, 0);
        for (int i = 0; i < 40; i++) {
            last = pod.read(.5, extreme, extreme, extreme / 1000, extreme / 1000);
            fleet.learn(List.of(last), SECOND);
            assertThat(load(last)).isBetween(0.0, 2e15);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e4, 1e6, 1e12})
    void tokensThatNoEngineGeneratesSoFastTeachNothing(double jump) {
        Watched pod = new Watched();
        double before = 0;
        for (int i = 0; i < 300; i++) {
            double running = i / 10 % 2 == 0 ? 5 : 15;
            if (i == 203) {
                pod.tokens += jump;
            }
            PodValue.Work read = pod.read(running * .002, running, 0, 100 * running, running / 10);
            PodValue.Work last = work(read, 256);
            fleet.learn(List.of(last), SECOND);
            if (i == 199) {
                before = load(last);
            }
            if (i > 203 && (i - 199) % 20 == 0) {
                assertThat(load(last)).isLessThan(1.5 * before);
            }
        }
    }

    /** Decode as long however many run: how many ran at the moments of the scrapes is chance, and chance is not a cost of the batch. */
    @ParameterizedTest(name = "a poll each {0} s, {1} running for {2} s each")
    @CsvSource({
        "2, 1, 5",
        "2, 1, 2",
        "2, 10, 5",
        "2, 40, 2",
        "5, 10, 5",
        "10, 1, 5",
        "15, 10, 5",
        "30, 10, 5",
        "30, 40, 10",
        "300, 10, 5"
    })
    void decodeThatDoesNotSlowIsNotTakenForOneThatDoes(int poll, double meanRunning, double life) {
        Random random = new Random(7);
        int pods = 10;
        List<Watched> watched = new ArrayList<>();
        List<List<Double>> ends = new ArrayList<>();
        double[] tokens = new double[pods];
        double[] completed = new double[pods];
        for (int i = 0; i < pods; i++) {
            watched.add(new Watched(poll));
            ends.add(new ArrayList<>());
        }
        int polls = Math.max(900 / poll, 60);
        int steps = Math.max(20, poll * 4);
        double step = (double) poll / steps;
        double now = 0;
        double sum = 0;
        for (int at = 0; at < polls; at++) {
            for (int i = 0; i < steps; i++) {
                now += step;
                for (int pod = 0; pod < pods; pod++) {
                    List<Double> running = ends.get(pod);
                    if (random.nextDouble() < meanRunning / life * step) {
                        running.add(now - Math.log(1 - random.nextDouble()) * life);
                    }
                    tokens[pod] += running.size() * step * 100;
                    int before = running.size();
                    double until = now;
                    running.removeIf(end -> end <= until);
                    completed[pod] += before - running.size();
                }
            }
            List<PodValue> read = new ArrayList<>();
            for (int pod = 0; pod < pods; pod++) {
                double running = ends.get(pod).size();
                read.add(work(
                        watched.get(pod)
                                .read(
                                        running * .002,
                                        running,
                                        0,
                                        Watched.counter("vllm:generation_tokens_total", Math.floor(tokens[pod])),
                                        Watched.counter("vllm:request_success_total", completed[pod])),
                        256));
            }
            fleet.learn(read, Duration.ofSeconds(poll));
            if (at >= polls / 2) {
                sum += read.stream().mapToDouble(this::load).sum();
            }
        }
        double truth = pods * meanRunning / 256;
        assertThat(sum / (polls - polls / 2)).isLessThan(1.3 * truth);
    }

    /** Up by the lower bound, down by the upper: nothing changes where the truth may lie on either side of the target. */
    @Nested
    class UnknownMaximum {

        private double perPod(double kvUsage, double running) {
            fleet.aimAt(.8, 4);
            List<PodValue> pods = Collections.nCopies(4, work(kvUsage, running, 0));
            fleet.learn(pods, SECOND);
            return load(pods.getFirst());
        }

        @Test
        void fleetWhosePodsMayBeFullIsHeld() {
            assertThat(perPod(.1, 40)).isCloseTo(.8, EXACT);
        }

        @Test
        void fleetWhosePodsWorkOnFewerThanWereSeenMayGetSmallerByTheUpperBound() {
            perPod(.5, 64);
            assertThat(perPod(.1, 32)).as("of a quarter more").isCloseTo(.4, EXACT);
        }

        @Test
        void fewRequestsFillNoPod() {
            assertThat(perPod(.02, 2)).isCloseTo(.25, EXACT);
        }

        @Test
        void podsThatARolloutAddsOrderNone() {
            fleet.aimAt(.8, 4);
            List<PodValue> pods = Collections.nCopies(8, work(.02, 8, 0));
            fleet.learn(pods, SECOND);
            assertThat(8 * load(pods.getFirst())).isLessThanOrEqualTo(4 * .8 + 1e-9);
        }

        @Test
        void kvCacheThatIsNearlyFullCountsByItself() {
            assertThat(perPod(.9, 20)).isCloseTo(.9, EXACT);
        }

        @Test
        void whatRanAnHourAgoIsForgotten() {
            perPod(.5, 64);
            fleet.learn(List.of(work(.1, 32, 0)), Duration.ofMinutes(61));
            assertThat(perPod(.1, 32)).as("of half more than 32").isCloseTo(1 / 1.5, EXACT);
        }

        @ParameterizedTest(name = "after {0} minutes 32 are {1}")
        @CsvSource({"14, 0.4", "15, 0.33333333333"})
        void mostThatRanInACalmQuarterOfAnHourIsNotTheMaximum(int minutes, double expected) {
            perPod(.5, 64);
            fleet.learn(List.of(work(.1, 32, 0)), Duration.ofMinutes(minutes).minus(SECOND));
            assertThat(perPod(.1, 32)).isCloseTo(expected, EXACT);
        }

        /** Fewer ran: it did not wait for one of those. */
        @ParameterizedTest(name = "while {0} of 64 ran one waited: 32 are {1}")
        @CsvSource({"64, 0.4", "58, 0.4", "57, 0.33333333333"})
        void maximumMayBeWhereOthersWaited(int running, double expected) {
            perPod(.5, 64);
            fleet.learn(List.of(work(.5, running, 1)), Duration.ofMinutes(15));
            assertThat(perPod(.1, 32)).isCloseTo(expected, EXACT);
        }

        @Test
        void maximumThatIsKnownLeavesNoRoomForBounds() {
            fleet.aimAt(.8, 4);
            fleet.learn(List.of(work(.1, 16, 0, 64)), SECOND);
            assertThat(load(work(.1, 16, 0, 64))).isCloseTo(.25, EXACT);
        }
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
        double before = pod.read(20, .98, 30, 100).pace().completed();
        pod.tokens = 0;
        pod.completed = 0;
        assertThat(pod.read(1, .98, 30, 100).pace().completed()).isBetween(before * .8, before * 1.01);
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
