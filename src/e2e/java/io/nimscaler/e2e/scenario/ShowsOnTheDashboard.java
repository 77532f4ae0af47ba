package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Gateway;
import io.nimscaler.e2e.Prometheus;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every query of {@code k8s/monitoring} on a Prometheus that scrapes the scaler and a fleet. */
@Scenario
class ShowsOnTheDashboard {

    private static final Path MONITORING = Path.of("k8s/monitoring");
    /** Has series only where certificates are in use; they are in SpeaksMutualTls. */
    private static final String ONLY_WITH_TLS = "nim_scaler_tls_certificate_expiry_timestamp_seconds";

    /** Has series only where minutes are kept; that it is named rightly MonitoringTest holds. */
    private static final String ONLY_WITH_HISTORY = "nim_scaler_history_";

    private static final Pattern OUR_METRIC = Pattern.compile("nim_scaler_[a-z_]+");

    @Test
    void everyPanelHasData(Story story) throws IOException {
        Prometheus prometheus = story.prometheus();
        Gateway gateway = story.gateway();
        story.scaler(2, gateway.asWakeSource());
        Fleet llm = story.fleet("llm", 3);
        llm.queue(0.2, 5, 1);
        llm.serves(20, 0.2);
        ScaledObject scaling = story.scaledObject(llm)
                // Low load, which a window holds
                .trigger(ofSeconds(600), Map.of("wakeSource", "gateway", "shadow.targetValue", "0.5"))
                .lastTrigger(trigger -> trigger.put("type", "external-push"))
                // Draws a warning, without which its metric has no series
                .metadata("targetValue", "0.85")
                .with("minReplicaCount", 0)
                .apply();
        scaling.expectHpaDesires(3, SOON);

        Map<String, String> queries = panels(story.namespace(), scaling.name());
        assertThat(queries).hasSizeGreaterThan(30);
        queries.values().removeIf(query -> query.contains(ONLY_WITH_TLS));
        List<String> withoutData = new ArrayList<>(queries.keySet());
        story.expect("every query of the dashboard returns data", SOON, () -> {
            withoutData.removeIf(panel -> prometheus.hasData(queries.get(panel)));
            return withoutData.isEmpty();
        });
        // An alert that reads what is not there would never fire. When each does, promtool says in the unit tests
        for (JsonNode alert : alerts()) {
            String expr = alert.path("expr").asText();
            if (expr.contains(ONLY_WITH_TLS) || expr.contains(ONLY_WITH_HISTORY)) {
                continue;
            }
            List<String> metrics =
                    OUR_METRIC.matcher(expr).results().map(MatchResult::group).toList();
            assertThat(metrics).as(alert.path("alert").asText()).isNotEmpty();
            story.expect(
                    "what " + alert.path("alert").asText() + " reads is there",
                    SOON,
                    () -> metrics.stream().allMatch(prometheus::hasData));
        }
    }

    /** Panel and letter of the query → its PromQL, with the values that Grafana would put in. */
    private static Map<String, String> panels(String namespace, String scaledObject) throws IOException {
        JsonNode dashboard =
                Serialization.unmarshal(Files.readString(MONITORING.resolve("grafana-dashboard.json")), JsonNode.class);
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.put(
                        panel.path("title").asText() + " "
                                + target.path("refId").asText(),
                        target.path("expr")
                                .asText()
                                .replace("$namespace", namespace)
                                .replace("$scaledobject", scaledObject)
                                .replace("$pod", ".*")
                                .replace("$__rate_interval", "20s"));
            }
        }
        return queries;
    }

    private static Iterable<JsonNode> alerts() throws IOException {
        return Serialization.unmarshal(Files.readString(MONITORING.resolve("prometheus-rule.yaml")), JsonNode.class)
                .at("/spec/groups/0/rules");
    }
}
