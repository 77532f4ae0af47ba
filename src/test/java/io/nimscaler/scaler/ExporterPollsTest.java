package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Answer;
import io.nimscaler.poll.GpuExporter;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GPUs of pods through the exporters of their nodes, with time in the test's hand. */
class ExporterPollsTest {

    private static final String UTILIZATION = "DCGM_FI_DEV_GPU_UTIL";
    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final ScaledObjectId OTHER = new ScaledObjectId("ns", "other");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    private final Map<String, GpuExporter> exporters = new HashMap<>();
    private final FakePods pods = new FakePods();
    private final FakeScraper scraper = new FakeScraper();
    private final Scalers scalers = new Scalers(pods, scraper, WakeSources.none(), new FakeExporters(), snapshot -> {});
    private final Trigger trigger = Triggers.immediate("metric", UTILIZATION);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final class FakeExporters implements GpuExporters {

        @Override
        public OnNode on(String node) {
            return exporters.containsKey(node)
                    ? new OnNode.Exporter(exporters.get(node))
                    : new OnNode.None("no exporter on node " + node);
        }

        @Override
        public boolean areConfigured() {
            return true;
        }
    }

    private void exporter(String node, String address, SampleLine... says) {
        exporters.put(
                node,
                new GpuExporter(
                        "exporter-" + address,
                        "gpu-operator",
                        "exporter-" + address,
                        Scheme.HTTP,
                        "10.0.0." + address,
                        9400,
                        "/metrics",
                        Optional.empty()));
        scraper.answers(address, _ -> new Scraped(List.of(says)));
    }

    private static SampleLine gpu(String pod, int gpu, double percent, String... moreLabels) {
        Map<String, String> labels = new HashMap<>(
                Map.of("gpu", String.valueOf(gpu), "namespace", "ns", "pod", pod, "modelName", "NVIDIA H100"));
        for (int i = 0; i < moreLabels.length; i += 2) {
            labels.put(moreLabels[i], moreLabels[i + 1]);
        }
        labels.values().removeIf(String::isEmpty);
        return new SampleLine(UTILIZATION, labels, percent, OptionalLong.empty());
    }

    private static Pod ready(String name, String node) {
        return FakePods.ready(name, LONG_AGO).on(Optional.of(node));
    }

    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            List.copyOf(scalers.scaledObjects()).forEach(id -> scalers.tick(id, now));
            scalers.pollExporters(now);
        }
    }

    private Snapshot snapshot() {
        return scalers.snapshot(ID, trigger).orElseThrow();
    }

    private void put(ScaledObjectId id, Trigger... triggers) {
        scalers.put(id, List.of(triggers), false, now);
    }

    @Test
    void utilizationIsReadAtTheNodeAndThePodItselfIsNotAsked() {
        // Given
        pods.has(2, ready("1", "a"), ready("2", "b"));
        exporter("a", "101", gpu("1", 0, 90), gpu("1", 1, 100), gpu("somebody", 2, 0));
        exporter("b", "102", gpu("2", 0, 85));

        // When
        put(ID, trigger);
        pass(Duration.ofSeconds(4));

        // Then: the level is 0.9, at two replicas
        assertThat(snapshot().answer()).isEqualTo(new Answer.Value(1800));
        assertThat(scraper.requests)
                .allMatch(request -> request.port() == 9400)
                .extracting(ScrapeRequest::host)
                .containsOnly("10.0.0.101", "10.0.0.102");
    }

    @Test
    void eachExporterIsAskedOncePerIntervalHoweverManyShareIt() {
        // Given
        pods.has(3, ready("1", "a"), ready("2", "a"), ready("3", "a"));
        exporter("a", "101", gpu("1", 0, 90), gpu("2", 1, 90), gpu("3", 2, 90));

        // When
        put(ID, trigger, Triggers.immediate("metric", "DCGM_FI_DEV_FB_USED", "pollInterval", "5s"));
        put(OTHER, Triggers.immediate("metric", UTILIZATION, "targetValue", "0.5", "pollInterval", "4s"));
        pass(Duration.ofSeconds(20));

        // Then
        assertThat(scraper.requests).hasSizeBetween(9, 11);
    }

    @Test
    void exporterOfWhichNobodyWantsToKnowIsAskedNoMore() {
        pods.has(1, ready("1", "a"));
        exporter("a", "101", gpu("1", 0, 90));
        put(ID, trigger);
        pass(Duration.ofSeconds(20));
        scalers.remove(ID);
        pass(Duration.ofSeconds(12));
        int asked = scraper.requests.size();
        pass(Duration.ofMinutes(1));
        assertThat(scraper.requests).hasSize(asked);
    }

    @Test
    void podWithoutSeriesAndPodWithoutExporterAreMissingAndNotIdle() {
        // Given
        pods.has(3, ready("1", "a"), ready("2", "a"), ready("3", "c"));
        exporter("a", "101", gpu("1", 0, 20));

        // When
        put(ID, trigger);
        pass(Duration.ofMinutes(1));

        // Then
        assertThat(snapshot().pods())
                .extracting(PodStatus::state)
                .containsExactly(PodState.SAMPLED, PodState.MISSING, PodState.MISSING);
        assertThat(snapshot().pods().stream().flatMap(pod -> pod.problem().stream()))
                .extracting(Problem::reason)
                .containsExactly(NoSample.NO_METRIC, NoSample.NO_EXPORTER);
        assertThat(snapshot().answer()).isEqualTo(new Answer.Value(2100));
    }

    @Test
    void blankAndFailingExporterAreUnknownAfterAWhile() {
        // Given
        pods.has(2, ready("1", "a"), ready("2", "b"));
        exporter("a", "101", gpu("1", 0, 9223372036854775792d));
        exporter("b", "102");
        scraper.refuses("102");

        // When
        put(ID, trigger);
        pass(Duration.ofSeconds(20));
        Answer held = snapshot().answer();
        pass(Duration.ofMinutes(1));

        // Then
        assertThat(held).isEqualTo(new Answer.Value(1400));
        assertThat(snapshot().answer()).isInstanceOf(Answer.Unavailable.class);
        assertThat(snapshot().pods().stream().flatMap(pod -> pod.problem().stream()))
                .extracting(Problem::reason)
                .containsExactly(NoSample.BAD_VALUE, ScrapeFailure.CANNOT_CONNECT);
    }

    @ParameterizedTest
    @CsvSource({
        // namespace, pod, further labels: whose series it is
        "ns,           1,            '',                 '', true",
        "another,      1,            '',                 '', false",
        "ns,           11,           '',                 '', false",
        // relabelled as Prometheus does, for which the exporter is the pod
        "gpu-operator, exporter-101, exported_namespace, exported_pod, true",
        "'',           '',           pod_namespace,      pod_name,     true",
        // labels that a pod's author may choose make nothing another pod's
        "evil,         evil,         exported_namespace, exported_pod, false",
        "evil,         evil,         pod_namespace,      pod_name,     false"
    })
    void seriesIsOfThePodThatTheExporterNames(
            String namespace, String pod, String alsoNamespace, String alsoPod, boolean own) {
        // Given
        pods.has(1, ready("1", "a"));
        exporter(
                "a",
                "101",
                alsoPod.isEmpty()
                        ? gpu(pod, 0, 90, "namespace", namespace)
                        : gpu(pod, 0, 90, "namespace", namespace, alsoNamespace, "ns", alsoPod, "1"));

        // When
        put(ID, trigger);
        pass(Duration.ofSeconds(5));

        // Then
        assertThat(snapshot().pods().getFirst().sample().isPresent()).isEqualTo(own);
    }

    @Test
    void exporterThatReplacesAnotherIsAskedInItsStead() {
        pods.has(1, ready("1", "a"));
        exporter("a", "101", gpu("1", 0, 90));
        put(ID, trigger);
        pass(Duration.ofSeconds(5));
        exporter("a", "102", gpu("1", 0, 80));
        scraper.refuses("101");
        pass(Duration.ofSeconds(5));
        assertThat(snapshot().pods().getFirst().sample().orElseThrow().value()).isEqualTo(.8);
    }

    @Test
    void shadowOfAnotherSignalReadsTheNode() {
        // Given
        pods.has(1, ready("1", "a"));
        scraper.at("1", .5);
        exporter("a", "101", gpu("1", 0, 90));

        // When
        put(ID, Triggers.immediate("shadow.metric", UTILIZATION, "shadow.targetValue", "0.6"));
        pass(Duration.ofSeconds(5));

        // Then
        assertThat(scalers.snapshots())
                .filteredOn(Snapshot::shadow)
                .singleElement()
                .satisfies(shadow -> assertThat(
                                shadow.pods().getFirst().sample().orElseThrow().value())
                        .isEqualTo(.9));
    }

    @Test
    void withoutConfiguredExportersTheTriggerIsWrong() {
        Scalers bare = new Scalers(pods, scraper, WakeSources.none(), GpuExporters.none(), snapshot -> {});
        ParsedTrigger checked = bare.check("ns", new ParsedTrigger.Valid(trigger, List.of()));
        assertThat(checked).isInstanceOf(ParsedTrigger.Invalid.class);
        assertThat(((ParsedTrigger.Invalid) checked).text())
                .contains("metric = \"DCGM_FI_DEV_GPU_UTIL\"", "nim-scaler.gpu-exporters.namespace");
        ParsedTrigger ofPods = new ParsedTrigger.Valid(Triggers.immediate(), List.of());
        assertThat(bare.check("ns", ofPods)).isEqualTo(ofPods);
        assertThat(scalers.check("ns", new ParsedTrigger.Valid(trigger, List.of())))
                .isInstanceOf(ParsedTrigger.Valid.class);
    }
}
