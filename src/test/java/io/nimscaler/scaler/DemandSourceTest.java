package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.LabelMatcher;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits at a gateway, through the ports, with time in the test's hand. */
class DemandSourceTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    private final FakePods pods = new FakePods();
    private final FakeScraper scraper = new FakeScraper();
    private final WakeSources sources = new WakeSources(List.of(
            source("gateway", "queue_size"), source("other", "queue_size"), source("counter", "rate(requests)")));
    private final Scalers scalers = new Scalers(pods, scraper, sources, GpuExporters.none(), _ -> {});
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static WakeSource source(String name, String metric) {
        return new WakeSource(
                name,
                Set.of("nim"),
                Scheme.HTTP,
                "10.0.0." + name,
                9090,
                "/metrics",
                Optional.empty(),
                Duration.ofSeconds(2),
                WakeMetric.of(metric, "model_name", 0, false)
                        .orElseThrow()
                        .matching(List.of(LabelMatcher.of("priority!=-10").orElseThrow())));
    }

    private void waits(double normal, double toBeShed) {
        scraper.answers("gateway", _ -> new Scraped(List.of(queue("0", normal), queue("-10", toBeShed))));
    }

    private static SampleLine queue(String priority, double requests) {
        return new SampleLine(
                "queue_size", Map.of("model_name", "llm", "priority", priority), requests, OptionalLong.empty());
    }

    private void pod(String name, double kv, double running) {
        scraper.answers(
                name,
                _ -> new Scraped(List.of(
                        gauge("gpu_cache_usage_perc", kv),
                        gauge("num_requests_running", running),
                        gauge("num_requests_waiting", 0))));
    }

    private static SampleLine gauge(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }

    private void passSeconds(int seconds) {
        Instant end = now.plusSeconds(seconds);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            scalers.tick(ID, now);
            scalers.pollWakeSources(now);
        }
    }

    private double demand(Trigger trigger) {
        return snapshot(trigger).decision().basis().demand().orElseThrow();
    }

    private Snapshot snapshot(Trigger trigger) {
        return scalers.snapshot(ID, trigger).orElseThrow();
    }

    private void follows(Trigger trigger) {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        pod("1", .6, 12);
        pod("2", .6, 12);
        scalers.put(ID, List.of(trigger), false, now);
    }

    /** Two pods at 0.6 with 12 requests each: a request takes 0.05 of a replica. */
    @Test
    void servingLoadAddsWhatWaitsByWhatOneRequestTakes() {
        Trigger trigger = Triggers.immediate("metric", "serving_load", "maxRunning", "64", "demandSource", "gateway");
        follows(trigger);
        waits(0, 500);
        passSeconds(20);
        assertThat(demand(trigger)).isEqualTo(1.2);
        waits(20, 500);
        passSeconds(5);
        assertThat(demand(trigger)).isCloseTo(1.2 + 20 * .05, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(Explanation.of(snapshot(trigger))).contains("20 requests wait at gateway, 0.050 each");
    }

    @Test
    void kvUsageLearnsBesideWhatOneRequestTakes() {
        Trigger trigger = Triggers.immediate("demandSource", "gateway");
        follows(trigger);
        waits(20, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isCloseTo(1.2 + 20 * .05, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void ofNumbersOfRequestsEachCountsAsOne() {
        Trigger trigger =
                Triggers.immediate("metric", "num_requests_running", "targetValue", "12", "demandSource", "gateway");
        follows(trigger);
        waits(20, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isEqualTo(24 + 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu_cache_usage_perc", "serving_load"})
    void ofPodsThatDoNotSayWhatTheyCompleteAQueueAtMostDoublesWhatTheyCarry(String metric) {
        Trigger trigger = Triggers.immediate("metric", metric, "targetValue", "0.50", "demandSource", "gateway");
        follows(trigger);
        waits(100_000, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isCloseTo(2.4, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void podsThatAGatewayKeepsFreeOfQueuesComeToAFewAtOnceAndNotToNone() {
        Trigger trigger =
                Triggers.immediate("metric", "num_requests_waiting", "targetValue", "4", "demandSource", "gateway");
        follows(trigger);
        waits(100_000, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isEqualTo(2 * 4);
    }

    /** At a gateway; the pods are at their limit of 20 running requests, with a KV usage of 0.1. */
    private Trigger twoWaitForPodsThatHaveNone() {
        Trigger trigger = Triggers.immediate("demandSource", "gateway");
        follows(trigger);
        pod("1", .1, 20);
        pod("2", .1, 20);
        waits(2, 0);
        passSeconds(20);
        return trigger;
    }

    @Test
    void aGatewaysQueueThatIsEmptyForAPollReleasesNothing() {
        Trigger trigger = twoWaitForPodsThatHaveNone();
        for (int i = 0; i < 5; i++) {
            waits(0, 0);
            passSeconds(5);
            assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(2);
            waits(2, 0);
            passSeconds(3);
        }
        waits(0, 0);
        passSeconds(25);
        assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(1);
    }

    /** The edit comes while the queue is empty for a poll. */
    @Test
    void anEditReleasesNothingOfAGatewaysQueueThatIsEmptyForAPoll() {
        Trigger trigger = twoWaitForPodsThatHaveNone();
        waits(0, 0);
        passSeconds(5);
        Trigger edited = Triggers.immediate("demandSource", "gateway", "targetValue", "0.69");
        scalers.put(ID, List.of(edited), false, now);
        passSeconds(3);
        assertThat(snapshot(edited).hpaDesiredReplicas()).hasValue(2);
    }

    /** Their load lies between two bounds; of a queue that is not there any more the lower one would count. */
    @Test
    void whatWaitedAtASourceThatIsNotNamedAnyMoreDoesNotCount() {
        String[] metadata = {"metric", "serving_load", "targetValue", "0.70"};
        Trigger without = Triggers.immediate(metadata);
        follows(Triggers.immediate("metric", "serving_load", "targetValue", "0.70", "demandSource", "gateway"));
        waits(500, 0);
        passSeconds(20);
        scalers.put(ID, List.of(without), false, now);
        passSeconds(20);
        assertThat(demand(without)).isCloseTo(1.4, org.assertj.core.api.Assertions.within(1e-9));
    }

    /** Nothing waited, so half more may run than what was seen; at a gateway that holds a queue it would be a quarter more. */
    @Test
    void aSourceThatIsNotNamedAnyMoreSaysNothingOfTheMaximum() {
        String[] metadata = {"metric", "serving_load", "targetValue", "0.90"};
        Trigger without = Triggers.immediate(metadata);
        follows(Triggers.immediate("metric", "serving_load", "targetValue", "0.90", "demandSource", "gateway"));
        pod("1", .1, 32);
        pod("2", .1, 32);
        waits(0, 0);
        passSeconds(20);
        scalers.put(ID, List.of(without), false, now);
        passSeconds(16 * 60);
        assertThat(demand(without)).isCloseTo(2 / 1.5, org.assertj.core.api.Assertions.within(1e-9));
    }

    /** Each with so many requests in its queue, and so many that it completed, of 200 tokens. */
    private void twoFullPods(DoubleSupplier waiting, DoubleSupplier completed) {
        for (String name : List.of("1", "2")) {
            scraper.answers(
                    name,
                    _ -> new Scraped(List.of(
                            gauge("vllm:kv_cache_usage_perc", .95),
                            gauge("vllm:num_requests_running", 20),
                            gauge("vllm:num_requests_waiting", waiting.getAsDouble()),
                            gauge("vllm:request_success_total", completed.getAsDouble()),
                            gauge("vllm:generation_tokens_total", completed.getAsDouble() * 200))));
        }
    }

    /** It holds 300 requests all the time, and the other one held none: no queue grew. */
    @Test
    void aQueueAtAnotherSourceDidNotGrowSinceTheEdit() {
        double[] completed = new double[1];
        follows(Triggers.immediate("metric", "serving_load", "targetValue", "0.80", "demandSource", "gateway"));
        twoFullPods(() -> 0, () -> completed[0]);
        waits(0, 0);
        scraper.answers("other", _ -> new Scraped(List.of(queue("0", 300))));
        for (int second = 0; second < 120; second++) {
            passSeconds(1);
            completed[0] += 2;
        }
        Trigger edited = Triggers.immediate("metric", "serving_load", "targetValue", "0.80", "demandSource", "other");
        scalers.put(ID, List.of(edited), false, now);
        for (int second = 0; second < 20; second++) {
            passSeconds(1);
            completed[0] += 2;
            // 300 within 150 s are half of what both do, and at most a fifth of it is asked for
            assertThat(demand(edited)).as("after %d s", second).isLessThan(2 * 1.2 + .01);
        }
    }

    /** 2 full pods that complete 2 requests a second each; 16 a second come, and 6 more pods load. */
    @ParameterizedTest
    @ValueSource(ints = {30, 60, 120, 300})
    void aQueueAsksForAsManyReplicasAtAGatewayAsInThePods(int seconds) {
        long inPods = replicasAfter(seconds, false);
        long atGateway = new DemandSourceTest().replicasAfter(seconds, true);
        assertThat(atGateway).isBetween(inPods - 1, inPods + 1);
        assertThat(atGateway).isBetween(10L, 20L);
    }

    private long replicasAfter(int seconds, boolean isHeld) {
        String[] metadata = {"metric", "serving_load", "targetValue", "0.80", "demandSource", "gateway"};
        Trigger trigger = Triggers.immediate(metadata);
        double[] completedAndQueued = new double[2];
        pods.has(8, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        twoFullPods(() -> isHeld ? 0 : completedAndQueued[1] / 2, () -> completedAndQueued[0]);
        scraper.answers("gateway", _ -> new Scraped(List.of(queue("0", isHeld ? completedAndQueued[1] : 0))));
        scalers.put(ID, List.of(trigger), false, now);
        for (int second = 0; second < 600 + seconds; second++) {
            passSeconds(1);
            completedAndQueued[0] += 2;
            completedAndQueued[1] += second < 600 ? 0 : 12;
        }
        return snapshot(trigger).hpaDesiredReplicas().orElseThrow();
    }

    /**
     * By how much a gateway's queue grows is not known before it was seen for some seconds. Until then nothing is taken away, and 20 s after
     * its start a scaler asks for the same as one that always watched.
     */
    @ParameterizedTest
    @ValueSource(ints = {20, 60, 300})
    void aScalerThatHasJustStartedLosesNothingOfAQueueThatGrows(int seconds) {
        replicasAfter(seconds, true);
        Trigger trigger =
                Triggers.immediate("metric", "serving_load", "targetValue", "0.80", "demandSource", "gateway");
        double[] held = {12.0 * seconds};
        double[] completed = {2.0 * (600 + seconds)};
        twoFullPods(() -> 0, () -> completed[0]);
        scraper.answers("gateway", _ -> new Scraped(List.of(queue("0", held[0]))));
        Scalers later = new Scalers(
                pods, scraper, new WakeSources(List.of(source("gateway", "queue_size"))), GpuExporters.none(), _ -> {});
        later.put(ID, List.of(trigger), false, now);
        for (int second = 1; second <= 30; second++) {
            Instant end = now.plusSeconds(1);
            while (now.isBefore(end)) {
                now = now.plusMillis(50);
                scalers.tick(ID, now);
                scalers.pollWakeSources(now);
                later.tick(ID, now);
                later.pollWakeSources(now);
            }
            held[0] += 12;
            completed[0] += 2;
            long asked = later.snapshot(ID, trigger)
                    .orElseThrow()
                    .hpaDesiredReplicas()
                    .orElse(8);
            assertThat(asked).as("after %d s", second).isGreaterThanOrEqualTo(8);
            if (second >= 20) {
                long always = snapshot(trigger).hpaDesiredReplicas().orElseThrow();
                assertThat(asked).as("after %d s", second).isBetween(always - 1, always + 1);
            }
        }
    }

    @Test
    void aSourceThatGoesAwayTakesNothingAwayAndIsSaid() {
        Trigger trigger = Triggers.immediate("demandSource", "gateway");
        follows(trigger);
        pod("1", .1, 12);
        pod("2", .1, 12);
        waits(400, 0);
        passSeconds(20);
        assertThat(snapshot(trigger).decision()).isInstanceOf(Decision.Report.class);

        scraper.answers("gateway", _ -> new Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
        passSeconds(600);

        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1400));
        assertThat(Warning.of(snapshot(trigger)))
                .singleElement()
                .isEqualTo(new Warning(
                        "DemandSourceUnknown", "demand source gateway is unknown: cannot_connect: connection refused"));
    }

    @Test
    void aQueueThatIsNotThereIsUnknownAndNotZero() {
        Trigger trigger = Triggers.immediate("demandSource", "gateway");
        follows(trigger);
        scraper.answers("gateway", _ -> new Scraped(List.of(queue("-10", 3))));
        passSeconds(20);
        assertThat(Explanation.of(snapshot(trigger)))
                .contains("demand source gateway is unknown: no series queue_size{priority!=-10}");
    }

    @Test
    void onlyAGaugeThatTheNamespaceMayUseIsASource() {
        assertThat(problem("other", "gateway"))
                .isEqualTo(
                        "demandSource = \"gateway\": expected one of nim-scaler.wake-sources that namespace other may"
                                + " use");
        assertThat(problem("nim", "none"))
                .isEqualTo(
                        "demandSource = \"none\": expected one of nim-scaler.wake-sources that namespace nim may use");
        assertThat(problem("nim", "counter"))
                .isEqualTo(
                        "demandSource = \"counter\": expected a source whose metric is a gauge: the requests that wait"
                                + " now");
    }

    private String problem(String namespace, String source) {
        Trigger trigger = Triggers.with("demandSource", source);
        return scalers.check(namespace, new ParsedTrigger.Valid(trigger, List.of()))
                        instanceof ParsedTrigger.Invalid invalid
                ? invalid.violations().getFirst().text()
                : "";
    }

    @Test
    void aSourceIsAskedOnceAnIntervalHoweverManyTriggersNameItAndHoweverOftenTheyAreEdited() {
        pods.has(0);
        waits(3, 0);
        for (int second = 0; second < 60; second++) {
            List<Trigger> edited = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                edited.add(Triggers.with(
                        "demandSource",
                        "gateway",
                        "wakeSource",
                        "gateway",
                        "targetValue",
                        "0." + (100 + second * 8 + i)));
            }
            scalers.put(ID, second % 3 == 2 ? List.of() : edited, false, now);
            passSeconds(1);
        }
        assertThat(scraper.requests)
                .allMatch(request -> request.host().equals("10.0.0.gateway"))
                .hasSizeBetween(29, 31);
    }
}
