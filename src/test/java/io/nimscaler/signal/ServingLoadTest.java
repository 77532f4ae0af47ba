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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one body says, and what is done of values that can not be. */
class ServingLoadTest extends WatchedPods {

    private static Measurement read(String body) {
        return SIGNAL.ofPod(Optional.empty()).read(Bodies.real(body, SIGNAL.seriesNames()), NOW);
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

    @Test
    void counterThatBeginsAnewIsNoProgress() {
        Watched pod = new Watched();
        double before = pod.read(20, .98, 30, 100).pace().completed();
        pod.tokens = 0;
        pod.completed = 0;
        assertThat(pod.read(1, .98, 30, 100).pace().completed()).isBetween(before * .8, before * 1.01);
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
