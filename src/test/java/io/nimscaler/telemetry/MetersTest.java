package io.nimscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Snapshots;
import io.nimscaler.signal.Admission;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetersTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry);

    private static Snapshot snapshot(Trigger trigger, Fleet fleet) {
        return new Snapshot(
                new ScaledObjectId("ns", "llm"), trigger, new Policy(trigger).decide(fleet, NOW), List.of());
    }

    private static Fleet one(double value) {
        return new Fleet.Known(new Scale(1, 1), 1, List.of(new PodReading.Sampled(value)));
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void demandValueAndTargetAreShown() {
        meters.update(snapshot(Triggers.with(), one(.9)));
        assertThat(gauge("nim_scaler.demand")).isEqualTo(.9);
        assertThat(gauge("nim_scaler.value")).isEqualTo(.9);
        assertThat(gauge("nim_scaler.target.value")).isEqualTo(.7);
        assertThat(gauge("nim_scaler.unknown")).isZero();
    }

    @Test
    void whatIsUnknownIsNotANumber() {
        meters.update(snapshot(Triggers.with(), new Fleet.NotKnown("x")));
        assertThat(gauge("nim_scaler.demand")).isNaN();
        assertThat(gauge("nim_scaler.value")).isNaN();
        assertThat(gauge("nim_scaler.active")).isNaN();
        assertThat(registry.find("nim_scaler.pods").gauges())
                .hasSize(PodState.values().length)
                .allSatisfy(pods -> assertThat(pods.value()).isNaN());
        assertThat(gauge("nim_scaler.unknown")).isEqualTo(1);
    }

    @Test
    void queueThatKvUsageDoesNotShowIsShown() {
        Snapshot kv = snapshot(Triggers.with(), one(.46));
        meters.update(kv);
        assertThat(gauge("nim_scaler.requests.waiting")).isNaN();
        assertThat(gauge("nim_scaler.queue.unseen")).isNaN();
        meters.update(kv.withUnseenLoad(OptionalDouble.of(0)));
        assertThat(gauge("nim_scaler.queue.unseen")).isZero();
        meters.update(kv.withUnseenLoad(OptionalDouble.of(294)));
        assertThat(gauge("nim_scaler.requests.waiting")).isEqualTo(294);
        assertThat(gauge("nim_scaler.queue.unseen")).isEqualTo(1);
    }

    @Test
    void refusedRequestsAreShownAsTheirShare() {
        Trigger trigger = Triggers.with();
        meters.update(snapshot(trigger, one(.9)));
        assertThat(gauge("nim_scaler.requests.refused.ratio")).isNaN();
        meters.update(snapshot(trigger, refusing(20, 0)));
        assertThat(gauge("nim_scaler.requests.refused.ratio")).isZero();
        meters.update(snapshot(trigger, refusing(20, 60)));
        assertThat(gauge("nim_scaler.requests.refused.ratio")).isEqualTo(.75);
        meters.update(snapshot(trigger, refusing(0, 0)));
        assertThat(gauge("nim_scaler.requests.refused.ratio")).isZero();
    }

    private static Fleet refusing(double taken, double refused) {
        return new Fleet.Known(
                new Scale(1, 1),
                1,
                List.of(new PodReading.Sampled(.9)),
                0,
                OptionalDouble.empty(),
                new Unserved(OptionalDouble.empty(), Optional.of(new Admission(taken, refused))));
    }

    @Test
    void demandOfAWakeSourceIsShownWhereOneIsNamed() {
        meters.update(snapshot(Triggers.with(), one(.9)));
        assertThat(registry.find("nim_scaler.wake.demand").gauge()).isNull();
        Snapshot woken = snapshot(Triggers.with("wakeSource", "gateway"), one(.9));
        meters.update(woken);
        assertThat(gauge("nim_scaler.wake.demand")).isNaN();
        meters.update(woken.withWake(Optional.of(new Wake.Quiet("gateway", OptionalDouble.of(0)))));
        assertThat(gauge("nim_scaler.wake.demand")).isZero();
        meters.update(woken.withWake(
                Optional.of(new Wake.Demanded("gateway", OptionalDouble.of(3), NOW, Duration.ofMinutes(5)))));
        assertThat(gauge("nim_scaler.wake.demand")).isEqualTo(3);
        meters.update(woken.withWake(Optional.of(new Wake.Unknown("gateway", "x"))));
        assertThat(gauge("nim_scaler.wake.demand")).isNaN();
        assertThat(registry.get("nim_scaler.wake.demand").gauge().getId().getTag("wake_source"))
                .isEqualTo("gateway");
    }

    @Test
    void editedTriggerKeepsItsMeters() {
        meters.update(snapshot(Triggers.with(), one(.9)));
        meters.update(snapshot(Triggers.with("targetValue", "0.5"), one(.8)));
        assertThat(registry.find("nim_scaler.demand").gauges())
                .extracting(gauge -> gauge.getId().getTag("trigger"))
                .containsExactly("gpu_cache_usage_perc");
        assertThat(gauge("nim_scaler.target.value")).isEqualTo(.5);
    }

    @Test
    void shadowHasMetersOfItsOwnBesideWhatIsReported() {
        Snapshot reported = snapshot(Triggers.with(), one(.9));
        Snapshot other = snapshot(Triggers.with("targetValue", "0.3"), one(.2));
        meters.update(reported);
        meters.update(Snapshots.shadowOf(reported, other));
        assertThat(gauge("nim_scaler.target.value")).isEqualTo(.7);
        assertThat(gauge("nim_scaler.demand")).isEqualTo(.9);
        assertThat(gauge("nim_scaler.shadow.target.value")).isEqualTo(.3);
        assertThat(gauge("nim_scaler.shadow.demand")).isEqualTo(.2);
        assertThat(registry.get("nim_scaler.shadow.value").gauge().getId().getTag("trigger"))
                .isEqualTo("gpu_cache_usage_perc");
        meters.retain(List.of(reported));
        assertThat(registry.find("nim_scaler.shadow.demand").gauges()).isEmpty();
        assertThat(gauge("nim_scaler.demand")).isEqualTo(.9);
    }

    @Test
    void triggerThatIsGoneLeavesNoMeter() {
        meters.update(snapshot(Triggers.with(), one(.9)));
        meters.retain(List.of());
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void refusedTriggersAndWarningsAreShownAsLongAsTheyAre() {
        // Given
        Contact[] contact = {new Contact.Watching()};
        NoticeMeters noticeMeters = new NoticeMeters(registry, () -> contact[0]);
        ScaledObjectId wrong = new ScaledObjectId("nim", "wrong");
        ScaledObjectId odd = new ScaledObjectId("nim", "odd");
        Notice refusal =
                new Notice(wrong, "triggers[0]", Optional.empty(), Notice.TRIGGER_REFUSED, "expected a number");
        Notice twice = new Notice(wrong, "triggers[1]", Optional.empty(), Notice.TRIGGER_REFUSED, "expected a number");
        Notice warning = new Notice(odd, "triggers", Optional.empty(), "NoWakeSource", "nothing wakes it");

        // When
        noticeMeters.update(List.of(odd), List.of(refusal, twice, warning));

        // Then
        assertThat(gauges("nim_scaler.trigger.refused")).isEqualTo(Map.of("odd", 0.0, "wrong", 1.0));
        assertThat(gauges("nim_scaler.warning")).isEqualTo(Map.of("odd", 1.0));
        assertThat(registry.get("nim_scaler.warning")
                        .tag("reason", "NoWakeSource")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("nim_scaler.api.server.watching").gauge().value())
                .isEqualTo(1);

        // And when they are gone
        noticeMeters.update(List.of(), List.of());
        contact[0] = new Contact.Away(Instant.EPOCH, "connection refused");
        assertThat(gauges("nim_scaler.trigger.refused")).isEmpty();
        assertThat(gauges("nim_scaler.warning")).isEmpty();
        assertThat(registry.get("nim_scaler.api.server.watching").gauge().value())
                .isZero();
        contact[0] = new Contact.NotUsed();
        assertThat(registry.get("nim_scaler.api.server.watching").gauge().value())
                .isNaN();
    }

    /** By the name of their ScaledObject. */
    private Map<String, Double> gauges(String name) {
        return registry.find(name).gauges().stream()
                .collect(Collectors.toMap(gauge -> gauge.getId().getTag("scaledobject"), Gauge::value));
    }

    @Test
    void eachOutcomeThatCanOccurIsShownFromTheStartAndNoOther() {
        new MeteredScraper((_, _) -> {}, registry);
        assertThat(registry.get("nim_scaler.scrape.duration").timers())
                .extracting(timer -> timer.getId().getTag("outcome"))
                .containsExactlyInAnyOrder(
                        "ok",
                        "no_metric",
                        "not_allowed",
                        "cannot_connect",
                        "tls",
                        "timeout",
                        "connection_lost",
                        "not_http",
                        "redirect",
                        "not_found",
                        "status",
                        "too_large",
                        "malformed");
    }

    @Test
    void scrapesAreCountedByOutcome() {
        ScrapeResult[] next = {new ScrapeResult.Scraped(List.of())};
        MeteredScraper scraper = new MeteredScraper((_, done) -> done.accept(next[0]), registry);
        var request = new ScrapeRequest(
                Scheme.HTTP,
                "10.0.0.1",
                8000,
                "/metrics",
                new PodAuth("ns", Optional.empty()),
                MetricNames.of(List.of("x")));
        scraper.scrape(request, _ -> {});
        next[0] = new ScrapeResult.Failed(ScrapeFailure.TIMEOUT, "late");
        scraper.scrape(request, _ -> {});
        assertThat(registry.get("nim_scaler.scrape.duration")
                        .tag("outcome", "no_metric")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("nim_scaler.scrape.duration")
                        .tag("outcome", "timeout")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
