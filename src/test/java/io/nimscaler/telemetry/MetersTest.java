package io.nimscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.nimscaler.scaler.DrainCheck;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Snapshots;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.State;
import io.nimscaler.signal.Admission;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetersTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CollectorRegistry collectors = new CollectorRegistry();
    private final List<Snapshot> latest = new ArrayList<>();
    private Optional<ReplicaBounds> bounds = Optional.empty();
    private final List<ScaledObjectId> decided = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    MetersTest() {
        TriggerMeters.show(collectors, () -> latest, _ -> bounds);
    }

    private void show(Snapshot... snapshots) {
        latest.clear();
        latest.addAll(List.of(snapshots));
    }

    private List<Sample> samples(String name) {
        return Collections.list(collectors.metricFamilySamples()).stream()
                .filter(family -> family.name.equals(name))
                .flatMap(family -> family.samples.stream())
                .toList();
    }

    private static String label(Sample sample, String name) {
        return sample.labelValues.get(sample.labelNames.indexOf(name));
    }

    private static Snapshot snapshot(Trigger trigger, Fleet fleet) {
        return new Snapshot(
                new ScaledObjectId("ns", "llm"), trigger, new Policy(trigger).decide(fleet, NOW), List.of());
    }

    private static Fleet one(double value) {
        return new Fleet.Known(new Scale(1, 1), 1, List.of(new PodReading.Sampled(value)));
    }

    private double gauge(String name) {
        List<Sample> samples = samples(name);
        assertThat(samples).hasSize(1);
        return samples.getFirst().value;
    }

    @Test
    void demandValueAndTargetAreShown() {
        show(snapshot(Triggers.with(), one(.9)));
        assertThat(gauge("nim_scaler_demand")).isEqualTo(.9);
        assertThat(gauge("nim_scaler_value")).isEqualTo(.9);
        assertThat(gauge("nim_scaler_target_value")).isEqualTo(.7);
        assertThat(gauge("nim_scaler_unknown")).isZero();
    }

    @Test
    void replicasBetweenWhichTheHpaMayChooseAreShown() {
        show(snapshot(Triggers.with(), one(.9)));
        assertThat(gauge("nim_scaler_replicas_minimum")).isNaN();
        assertThat(gauge("nim_scaler_replicas_maximum")).isNaN();
        bounds = Optional.of(new ReplicaBounds(1, 7));
        assertThat(gauge("nim_scaler_replicas_minimum")).isEqualTo(1);
        assertThat(gauge("nim_scaler_replicas_maximum")).isEqualTo(7);
    }

    @Test
    void oneStateIsTheTriggersAndTheOthersAreNot() {
        show(snapshot(Triggers.with(), new Fleet.NotKnown("x")));
        assertThat(samples("nim_scaler_state"))
                .filteredOn(sample -> sample.value == 1)
                .extracting(sample -> label(sample, "state"))
                .containsExactly(
                        Standing.of(latest.getFirst(), Optional.empty()).state().label());
        assertThat(samples("nim_scaler_state")).hasSize(State.values().length - 1);
    }

    @Test
    void whatIsUnknownIsNotANumber() {
        show(snapshot(Triggers.with(), new Fleet.NotKnown("x")));
        assertThat(gauge("nim_scaler_demand")).isNaN();
        assertThat(gauge("nim_scaler_value")).isNaN();
        assertThat(gauge("nim_scaler_active")).isNaN();
        assertThat(samples("nim_scaler_pods"))
                .hasSize(PodState.values().length)
                .allSatisfy(pods -> assertThat(pods.value).isNaN());
        assertThat(gauge("nim_scaler_unknown")).isEqualTo(1);
    }

    @Test
    void queueThatKvUsageDoesNotShowIsShown() {
        Snapshot kv = snapshot(Triggers.with(), one(.46));
        show(kv);
        assertThat(gauge("nim_scaler_requests_waiting")).isNaN();
        assertThat(gauge("nim_scaler_queue_unseen")).isNaN();
        show(kv.withUnseenLoad(OptionalDouble.of(0)));
        assertThat(gauge("nim_scaler_queue_unseen")).isZero();
        show(kv.withUnseenLoad(OptionalDouble.of(294)));
        assertThat(gauge("nim_scaler_requests_waiting")).isEqualTo(294);
        assertThat(gauge("nim_scaler_queue_unseen")).isEqualTo(1);
    }

    @Test
    void whetherPodsThatGoHaveTheTimeTheirRequestsTakeIsShown() {
        Snapshot snapshot = snapshot(Triggers.with(), one(.9));
        show(snapshot);
        assertThat(gauge("nim_scaler_drain_too_short")).isNaN();
        show(Snapshots.with(new DrainCheck(49, 2000, List.of(), 0, 0, 2), snapshot));
        assertThat(gauge("nim_scaler_drain_too_short")).isZero();
        show(Snapshots.with(new DrainCheck(49, 2000, List.of(), 0, 1, 2), snapshot));
        assertThat(gauge("nim_scaler_drain_too_short")).isEqualTo(1);
    }

    @Test
    void refusedRequestsAreShownAsTheirShare() {
        Trigger trigger = Triggers.with();
        show(snapshot(trigger, one(.9)));
        assertThat(gauge("nim_scaler_requests_refused_ratio")).isNaN();
        show(snapshot(trigger, refusing(20, 0)));
        assertThat(gauge("nim_scaler_requests_refused_ratio")).isZero();
        show(snapshot(trigger, refusing(20, 60)));
        assertThat(gauge("nim_scaler_requests_refused_ratio")).isEqualTo(.75);
        show(snapshot(trigger, refusing(0, 0)));
        assertThat(gauge("nim_scaler_requests_refused_ratio")).isZero();
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
        show(snapshot(Triggers.with(), one(.9)));
        assertThat(samples("nim_scaler_wake_demand")).isEmpty();
        Snapshot woken = snapshot(Triggers.with("wakeSource", "gateway"), one(.9));
        show(woken);
        assertThat(gauge("nim_scaler_wake_demand")).isNaN();
        show(woken.withWake(Optional.of(new Wake.Quiet("gateway", OptionalDouble.of(0)))));
        assertThat(gauge("nim_scaler_wake_demand")).isZero();
        show(woken.withWake(
                Optional.of(new Wake.Demanded("gateway", OptionalDouble.of(3), NOW, Duration.ofMinutes(5)))));
        assertThat(gauge("nim_scaler_wake_demand")).isEqualTo(3);
        show(woken.withWake(Optional.of(new Wake.Unknown("gateway", "x"))));
        assertThat(gauge("nim_scaler_wake_demand")).isNaN();
        assertThat(samples("nim_scaler_wake_demand"))
                .extracting(sample -> label(sample, "wake_source"))
                .containsExactly("gateway");
    }

    @Test
    void editedTriggerHasOneOfEach() {
        show(snapshot(Triggers.with(), one(.9)));
        show(snapshot(Triggers.with("targetValue", "0.5"), one(.8)));
        assertThat(samples("nim_scaler_demand"))
                .extracting(sample -> label(sample, "trigger"))
                .containsExactly("gpu_cache_usage_perc");
        assertThat(gauge("nim_scaler_target_value")).isEqualTo(.5);
    }

    @Test
    void shadowHasMetersOfItsOwnBesideWhatIsReported() {
        Snapshot reported = snapshot(Triggers.with(), one(.9));
        Snapshot other = snapshot(Triggers.with("targetValue", "0.3"), one(.2));
        show(reported, Snapshots.shadowOf(reported, other));
        assertThat(gauge("nim_scaler_target_value")).isEqualTo(.7);
        assertThat(gauge("nim_scaler_demand")).isEqualTo(.9);
        assertThat(gauge("nim_scaler_shadow_target_value")).isEqualTo(.3);
        assertThat(gauge("nim_scaler_shadow_demand")).isEqualTo(.2);
        assertThat(samples("nim_scaler_shadow_value"))
                .extracting(sample -> label(sample, "trigger"))
                .containsExactly("gpu_cache_usage_perc");
        show(reported);
        assertThat(samples("nim_scaler_shadow_demand")).isEmpty();
        assertThat(gauge("nim_scaler_demand")).isEqualTo(.9);
    }

    @Test
    void triggerThatIsGoneLeavesNoMeter() {
        show(snapshot(Triggers.with(), one(.9)));
        show();
        assertThat(Collections.list(collectors.metricFamilySamples())).isEmpty();
    }

    @Test
    void refusedTriggersAndWarningsAreShownAsLongAsTheyAre() {
        // Given
        Contact[] contact = {new Contact.Watching()};
        NoticeMeters.show(collectors, () -> decided, () -> notices, () -> contact[0]);
        ScaledObjectId wrong = new ScaledObjectId("nim", "wrong");
        ScaledObjectId odd = new ScaledObjectId("nim", "odd");
        Notice refusal =
                new Notice(wrong, "triggers[0]", Optional.empty(), Notice.TRIGGER_REFUSED, "expected a number");
        Notice twice = new Notice(wrong, "triggers[1]", Optional.empty(), Notice.TRIGGER_REFUSED, "expected a number");
        Notice warning = new Notice(odd, "triggers", Optional.empty(), "NoWakeSource", "nothing wakes it");

        // When
        decided.add(odd);
        notices.addAll(List.of(refusal, twice, warning));

        // Then
        assertThat(gauges("nim_scaler_trigger_refused")).isEqualTo(Map.of("odd", 0.0, "wrong", 1.0));
        assertThat(gauges("nim_scaler_warning")).isEqualTo(Map.of("odd", 1.0));
        assertThat(samples("nim_scaler_warning"))
                .extracting(sample -> label(sample, "reason"))
                .containsExactly("NoWakeSource");
        assertThat(gauge("nim_scaler_api_server_watching")).isEqualTo(1);

        // And when they are gone
        decided.clear();
        notices.clear();
        contact[0] = new Contact.Away(Instant.EPOCH, "connection refused");
        assertThat(gauges("nim_scaler_trigger_refused")).isEmpty();
        assertThat(gauges("nim_scaler_warning")).isEmpty();
        assertThat(gauge("nim_scaler_api_server_watching")).isZero();
        contact[0] = new Contact.NotUsed();
        assertThat(gauge("nim_scaler_api_server_watching")).isNaN();
    }

    /** By the name of their ScaledObject. */
    private Map<String, Double> gauges(String name) {
        return samples(name).stream()
                .collect(Collectors.toMap(sample -> label(sample, "scaledobject"), sample -> sample.value));
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
