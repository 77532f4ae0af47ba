package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nimscaler.Promtool;
import io.nimscaler.files.Expiries;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Snapshots;
import io.nimscaler.scaler.State;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.signal.Signals;
import io.nimscaler.telemetry.BuildMeters;
import io.nimscaler.telemetry.CertificateMeters;
import io.nimscaler.telemetry.HistoryMeters;
import io.nimscaler.telemetry.MeteredScraper;
import io.nimscaler.telemetry.NoticeMeters;
import io.nimscaler.telemetry.TriggerMeters;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dashboard and alerts of {@code k8s/monitoring}. That each query returns data is shown in the story ShowsOnTheDashboard. */
class MonitoringTest {

    private static final Path DASHBOARD = Path.of("k8s/monitoring/grafana-dashboard.json");
    private static final Path RULES = Path.of("k8s/monitoring/prometheus-rule.yaml");
    private static final Pattern OUR_METRIC = Pattern.compile("nim_scaler_[a-z_]+");

    private static Set<String> metricsIn(Path file) throws IOException {
        return OUR_METRIC
                .matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As they are called at {@code /q/metrics}. */
    private static Set<String> exposed() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Trigger trigger = Triggers.with("wakeSource", "gateway", "demandSource", "gateway");
        Snapshot reported = new Snapshot(
                new ScaledObjectId("ns", "llm"),
                trigger,
                new Policy(trigger).decide(new Fleet.NotKnown("nothing"), Instant.EPOCH),
                List.of());
        CollectorRegistry collectors = new CollectorRegistry();
        TriggerMeters.show(
                collectors, () -> List.of(reported, Snapshots.shadowOf(reported, reported)), _ -> Optional.empty());
        new MeteredScraper((_, _) -> {}, registry);
        BuildMeters.show(registry, "1.0.0");
        Expiries expiries = new Expiries();
        expiries.put("grpc.tls.certificate", Instant.EPOCH);
        CertificateMeters.show(registry, expiries);
        HistoryMeters.show(registry, keeping());
        NoticeMeters.show(
                collectors,
                List::of,
                () -> Stream.of(Notice.TRIGGER_REFUSED, "NoWakeSource")
                        .map(reason ->
                                new Notice(reported.scaledObject(), "triggers[0]", Optional.empty(), reason, "wrong"))
                        .toList(),
                Contact.Watching::new);
        Stream<String> gauges =
                Collections.list(collectors.metricFamilySamples()).stream().map(family -> family.name);
        Stream<String> timers = registry.getMeters().stream().map(Meter::getId).flatMap(id -> {
            String name = id.getName().replace('.', '_');
            return id.getType() == Meter.Type.TIMER
                    ? Stream.of("_count", "_sum", "_max", "_bucket").map(part -> name + "_seconds" + part)
                    : Stream.of(name);
        });
        return Stream.concat(gauges, timers).collect(Collectors.toSet());
    }

    private static KeptMinutes keeping() {
        return new KeptMinutes() {

            @Override
            public Optional<State> state() {
                return Optional.of(new State(0, 0, 0, Optional.empty()));
            }

            @Override
            public Optional<Instant> since(TriggerId trigger) {
                return Optional.empty();
            }

            @Override
            public void read(TriggerId trigger, Instant from, Instant to, MinuteReader.Sink sink) {}
        };
    }

    private static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        Serialization.unmarshal(Files.readString(RULES), JsonNode.class)
                .at("/spec/groups")
                .forEach(group -> group.path("rules").forEach(alerts::add));
        return alerts;
    }

    @Test
    void namesOnlyMetricsThatThereAre() throws IOException {
        assertThat(metricsIn(DASHBOARD)).isNotEmpty().isSubsetOf(exposed());
        assertThat(metricsIn(RULES)).isNotEmpty().isSubsetOf(exposed());
    }

    @Test
    void statesAreThoseOfThePage() throws IOException {
        String words = Files.readString(Path.of("src/main/resources/META-INF/resources/page/words.js"));
        String dashboard = Files.readString(DASHBOARD);
        for (State state : State.values()) {
            assertThat(words).contains(state.label() + ": {label: '" + state.title() + "'");
            if (state != State.REFUSED) {
                assertThat(dashboard)
                        .contains("\"text\": \"" + state.title() + "\"", "state=\\\"" + state.label() + "\\\"");
            }
        }
    }

    /** Whatever serves in the pods. */
    @ParameterizedTest
    @ValueSource(strings = {"gpu_cache_usage_perc", "num_requests_running", "num_requests_waiting"})
    void lowerHalfKnowsEveryEngine(String metric) throws IOException {
        String dashboard = Files.readString(DASHBOARD);
        assertThat(Signals.named(metric).seriesNames())
                // vLLM's older name behind a wrapper, and the queues of SGLang's roles
                .filteredOn(name -> !name.matches("(ray_vllm[_:]|vllm_)gpu_cache_usage_perc"))
                .filteredOn(name -> !name.matches("sglang[:_]num_(decode|prefill)_.*"))
                .filteredOn(name -> !dashboard.contains(name + "{"))
                .isEmpty();
    }

    @Test
    void leadsToThePageOfTheScaleTarget() throws IOException {
        JsonNode dashboard = Serialization.unmarshal(Files.readString(DASHBOARD), JsonNode.class);
        assertThat(dashboard.at("/links/0/url").asText()).isEqualTo("${page}/#/${namespace}/${scaledobject}");
        assertThat(dashboard.at("/templating/list").findValuesAsText("name")).contains("page");
    }

    @Test
    void everyAlertSaysWhatIsWrongAndWhatToDo() throws IOException {
        String runbook = Files.readString(Path.of("src/docs/monitoring.md"));
        for (JsonNode alert : alerts()) {
            String name = alert.path("alert").asText();
            assertThat(alert.path("annotations").properties())
                    .as(name)
                    .extracting(annotation -> annotation.getKey())
                    .contains("summary", "description", "runbook", "runbook_url");
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .as(name)
                    .endsWith("/src/docs/monitoring.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
            assertThat(runbook).contains("### " + name + "\n");
        }
    }

    @Test
    void alertsFireWhenTheyShouldAndElseDoNot(@TempDir Path folder) throws IOException, InterruptedException {
        JsonNode rule = Serialization.unmarshal(Files.readString(RULES), JsonNode.class);
        Files.writeString(folder.resolve("rules.yaml"), Serialization.asYaml(rule.path("spec")));
        Files.copy(Path.of("src/test/resources/monitoring/alerts.test.yaml"), folder.resolve("alerts.test.yaml"));
        Promtool.Result result = Promtool.testRules(folder, "alerts.test.yaml");
        assertThat(result.isSuccess()).as(result.output()).isTrue();
    }
}
