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
import org.junit.jupiter.api.Test;

/** What waits at a gateway, through the ports, with time in the test's hand. */
class DemandSourceTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    private final FakePods pods = new FakePods();
    private final FakeScraper scraper = new FakeScraper();
    private final WakeSources sources =
            new WakeSources(List.of(source("gateway", "queue_size"), source("counter", "rate(requests)")));
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
        waits(40, 500);
        passSeconds(5);
        assertThat(demand(trigger)).isCloseTo(1.2 + 40 * .05, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(Explanation.of(snapshot(trigger))).contains("40 requests wait at gateway, 0.050 each");
    }

    @Test
    void kvUsageLearnsBesideWhatOneRequestTakes() {
        Trigger trigger = Triggers.immediate("demandSource", "gateway");
        follows(trigger);
        waits(40, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isCloseTo(1.2 + 40 * .05, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void ofNumbersOfRequestsEachCountsAsOne() {
        Trigger trigger =
                Triggers.immediate("metric", "num_requests_running", "targetValue", "12", "demandSource", "gateway");
        follows(trigger);
        waits(40, 0);
        passSeconds(20);
        assertThat(demand(trigger)).isEqualTo(24 + 40);
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
