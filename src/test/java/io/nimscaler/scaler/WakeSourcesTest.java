package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From zero and back, through the ports, with time in the test's hand. */
class WakeSourcesTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");
    private static final ScaledObjectId OTHER = new ScaledObjectId("nim", "other");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    private final FakePods pods = new FakePods();
    private final FakeScraper scraper = new FakeScraper();
    private final WakeSources sources = new WakeSources(List.of(source("gateway", "nim"), source("router", "*")));
    private final Scalers scalers = new Scalers(pods, scraper, sources, GpuExporters.none(), _ -> {});
    private final Trigger trigger = Triggers.immediate("wakeSource", "gateway", "modelName", "llm");
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static WakeSource source(String name, String namespace) {
        return new WakeSource(
                name,
                Set.of(namespace),
                Scheme.HTTP,
                "10.0.0." + name,
                9090,
                "/metrics",
                Optional.of("epp"),
                Duration.ofSeconds(2),
                WakeMetric.of("queue_size", "model_name", 0, false).orElseThrow());
    }

    private void waits(double requests) {
        scraper.answers(
                "gateway",
                _ -> new Scraped(List.of(
                        new SampleLine("queue_size", Map.of("model_name", "llm"), requests, OptionalLong.empty()),
                        new SampleLine("queue_size", Map.of("model_name", "other"), 0, OptionalLong.empty()))));
    }

    private void dies() {
        scraper.answers("gateway", _ -> new Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
    }

    private void pod(String name, double value) {
        scraper.answers(
                name,
                _ -> new Scraped(List.of(new SampleLine(
                        "gpu_cache_usage_perc", Map.of("model_name", "llm"), value, OptionalLong.empty()))));
    }

    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            scalers.scaledObjects().forEach(id -> scalers.tick(id, now));
            scalers.pollWakeSources(now);
        }
    }

    private void passSeconds(int seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    private Snapshot snapshot() {
        return scalers.snapshot(ID, trigger).orElseThrow();
    }

    private Activity activity() {
        return snapshot().activity();
    }

    private long asked(String source) {
        return scraper.requests.stream()
                .filter(request -> request.host().equals("10.0.0." + source))
                .count();
    }

    @Test
    void nothingWaitsAndItStaysInactive() {
        pods.has(0);
        waits(0);
        scalers.put(ID, List.of(trigger), false, now);
        for (int i = 0; i < 600; i++) {
            passSeconds(1);
            assertThat(activity()).isNotEqualTo(Activity.ACTIVE);
        }
        assertThat(activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void requestThatWaitsMakesItActiveWithinAPollAndADecision() {
        // Given
        pods.has(0);
        waits(0);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(10);
        Answer before = snapshot().answer();

        // When
        waits(1);
        pass(Duration.ofMillis(3_100));

        // Then
        assertThat(activity()).isEqualTo(Activity.ACTIVE);
        assertThat(snapshot().answer()).isEqualTo(before);
    }

    @Test
    void sourceIsAskedOnceWithItsOwnersCredentialsHoweverManyNameIt() {
        pods.has(0);
        waits(0);
        scalers.put(ID, List.of(trigger, Triggers.immediate("wakeSource", "gateway")), false, now);
        scalers.put(OTHER, List.of(Triggers.immediate("wakeSource", "gateway", "modelName", "other")), false, now);
        passSeconds(20);
        assertThat(asked("gateway")).isBetween(10L, 11L);
        assertThat(asked("router")).isZero();
        assertThat(scraper.requests).allMatch(request -> request.auth().equals(PodAuth.ofOperator(Optional.of("epp"))));
    }

    @Test
    void eachModelWakesItsOwnScaleTarget() {
        Trigger other = Triggers.immediate("wakeSource", "gateway", "modelName", "other");
        pods.has(0);
        waits(3);
        scalers.put(ID, List.of(trigger), false, now);
        scalers.put(OTHER, List.of(other), false, now);
        passSeconds(5);
        assertThat(activity()).isEqualTo(Activity.ACTIVE);
        assertThat(scalers.snapshot(OTHER, other).orElseThrow().activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void sourceThatNobodyNamesAnyMoreIsNotAsked() {
        pods.has(0);
        waits(0);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(5);
        scalers.put(ID, List.of(Triggers.immediate()), false, now);
        passSeconds(10);
        long before = asked("gateway");
        passSeconds(60);
        assertThat(asked("gateway")).isEqualTo(before);
    }

    @Test
    void requestThatIsStillUnderWayIsNotRepeated() {
        pods.has(0);
        scraper.holdsBack = true;
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(60);
        assertThat(asked("gateway")).isEqualTo(1);
        scraper.holdsBack = false;
        scraper.release(new Failed(ScrapeFailure.TIMEOUT, "no response within 5000 ms"));
        passSeconds(4);
        assertThat(asked("gateway")).isBetween(2L, 3L);
    }

    @Test
    void sourceThatDiesAtZeroIsUnknownAndThenKnownAgain() {
        pods.has(0);
        waits(0);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(5);
        dies();
        passSeconds(15);
        assertThat(activity()).isEqualTo(Activity.UNKNOWN);
        assertThat(snapshot().wake()).hasValue(new Wake.Unknown("gateway", "cannot_connect: connection refused"));
        waits(0);
        passSeconds(4);
        assertThat(activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void sourceThatDiesNeverLetsTheLastReplicaGo() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        pod("1", 0);
        waits(0);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(10);
        assertThat(activity()).isEqualTo(Activity.INACTIVE);
        dies();
        passSeconds(15);
        for (int i = 0; i < 600; i++) {
            passSeconds(1);
            assertThat(activity()).isEqualTo(Activity.ACTIVE);
        }
    }

    @Test
    void lastDemandKeepsItAwakeForTheStartThatWasMeasured() {
        // Given: a start of 90 s after a wake
        pods.has(0);
        waits(1);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(5);
        pods.has(1, FakePods.starting("1", now));
        passSeconds(90);
        pods.has(1, FakePods.ready("1", now));
        pod("1", 0);
        passSeconds(4);

        // When
        waits(0);

        // Then
        for (int i = 0; i < 85; i++) {
            passSeconds(1);
            assertThat(activity()).isEqualTo(Activity.ACTIVE);
        }
        passSeconds(15);
        assertThat(activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void beforeTheFirstStartItIsKeptAwakeForFiveMinutes() {
        pods.has(0);
        waits(1);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(5);
        waits(0);
        passSeconds(290);
        assertThat(activity()).isEqualTo(Activity.ACTIVE);
        passSeconds(20);
        assertThat(activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void whatWasMeasuredOutlivesAnEditOfTheTrigger() {
        pods.has(0);
        waits(1);
        scalers.put(ID, List.of(trigger), false, now);
        passSeconds(5);
        pods.has(1, FakePods.ready("1", now));
        pod("1", 0);
        passSeconds(10);
        Trigger edited = Triggers.immediate("wakeSource", "gateway", "modelName", "llm", "path", "/m");
        scalers.put(ID, List.of(edited), false, now);
        waits(0);
        passSeconds(30);
        assertThat(scalers.snapshot(ID, edited).orElseThrow().activity()).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void nameThatThereIsNotAndOneOfAnotherNamespaceAreRefusedInTheSameWords() {
        ParsedTrigger absent = new ParsedTrigger.Valid(Triggers.with("wakeSource", "absent"), List.of());
        ParsedTrigger gateway = new ParsedTrigger.Valid(Triggers.with("wakeSource", "gateway"), List.of());
        ParsedTrigger router = new ParsedTrigger.Valid(Triggers.with("wakeSource", "router"), List.of());
        ParsedTrigger without = new ParsedTrigger.Valid(Triggers.with(), List.of());
        assertThat(refusal("nim", absent))
                .isEqualTo("trigger metadata: wakeSource = \"absent\": expected one of nim-scaler.wake-sources that"
                        + " namespace nim may use");
        assertThat(refusal("evil", gateway)).isEqualTo(refusal("evil", absent).replace("absent", "gateway"));
        assertThat(sources.check("nim", gateway)).isEqualTo(gateway);
        assertThat(sources.check("evil", router)).isEqualTo(router);
        assertThat(sources.check("evil", without)).isEqualTo(without);
    }

    private String refusal(String namespace, ParsedTrigger parsed) {
        return ((ParsedTrigger.Invalid) sources.check(namespace, parsed)).text();
    }

    @Test
    void triggerThatSlipsThroughIsUnknownAndNeverAsksTheSource() {
        ScaledObjectId evil = new ScaledObjectId("evil", "llm");
        pods.has(0);
        waits(1);
        scalers.put(evil, List.of(trigger), false, now);
        passSeconds(5);
        assertThat(scalers.snapshot(evil, trigger).orElseThrow().activity()).isEqualTo(Activity.UNKNOWN);
        assertThat(asked("gateway")).isZero();
    }

    @Test
    void sourceIsAskedForTheModelAsItSpellsIt() {
        Trigger spelt = Triggers.immediate("wakeSource", "gateway", "modelName", "LLM", "wakeModelName", "llm");
        pods.has(0);
        waits(3);
        scalers.put(ID, List.of(spelt), false, now);
        passSeconds(10);
        assertThat(scalers.snapshot(ID, spelt).orElseThrow().activity()).isEqualTo(Activity.ACTIVE);
    }
}
