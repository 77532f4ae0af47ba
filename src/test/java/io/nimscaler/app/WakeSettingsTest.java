package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.scaler.WakeSource;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.wake.WakeMetric;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WakeSettingsTest {

    private record Settings(
            String url,
            String metric,
            List<String> namespaces,
            Duration pollInterval,
            String modelLabel,
            double activation,
            boolean absentIsZero,
            Optional<String> podAuth)
            implements ScalerSettings.WakeSource {

        static Settings of(String url) {
            return new Settings(
                    url, "queue_size", List.of("*"), Duration.ofSeconds(2), "model_name", 0, false, Optional.empty());
        }
    }

    private static List<WakeSource> read(String name, Settings settings) {
        return WakeSettings.list(Map.of(name, settings), Set.of("epp"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://gateway.llm:9090/metrics, HTTP, gateway.llm, 9090, /metrics",
        "https://gateway/metrics, HTTPS, gateway, 443, /metrics",
        "HTTP://10.0.0.1/v1/metrics?name=x, HTTP, 10.0.0.1, 80, /v1/metrics?name=x",
        "http://127.0.0.1:9090/, HTTP, 127.0.0.1, 9090, /",
        "http://[fd00::1]:9090/metrics, HTTP, fd00::1, 9090, /metrics",
        "'http://prom:9090/federate?match%5B%5D=x', HTTP, prom, 9090, /federate?match%5B%5D=x",
    })
    void urlSaysWhereItIsAsked(String url, Scheme scheme, String host, int port, String path) {
        assertThat(read("gateway", Settings.of(url)))
                .containsExactly(new WakeSource(
                        "gateway",
                        Set.of("*"),
                        scheme,
                        host,
                        port,
                        path,
                        Optional.empty(),
                        Duration.ofSeconds(2),
                        new WakeMetric("queue_size", false, "model_name", 0, false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gateway:9090/metrics",
                "ftp://gateway/metrics",
                "http://gateway",
                "http:///metrics",
                "http://gateway:0/metrics",
                "http://gateway:65536/metrics",
                "http://gateway/metrics#x",
                "http://gateway/met rics",
                "file:///etc/passwd",
            })
    void otherUrlIsRefusedByName(String url) {
        assertThatThrownBy(() -> read("gateway", Settings.of(url)))
                .hasMessage("nim-scaler.wake-sources.gateway.url = \"" + url
                        + "\": expected an http or https URL with a path, such as http://gateway.llm:9090/metrics");
    }

    @Test
    void passwordInAnUrlIsRefusedAndNotShown() {
        assertThatThrownBy(() -> read("gateway", Settings.of("http://me:secret@gateway/metrics")))
                .hasMessageContaining("url = \"http://...@gateway/metrics\"");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        Settings wrong = new Settings(
                "http://gateway/metrics",
                "sum(x)",
                List.of("nim"),
                Duration.ofMillis(100),
                "model",
                -1,
                false,
                Optional.of("other"));
        assertThatThrownBy(() -> read("Gate", wrong))
                .hasMessageContainingAll(
                        "nim-scaler.wake-sources.Gate: expected a name",
                        "nim-scaler.wake-sources.Gate.metric = \"sum(x)\": expected the name of a gauge, or rate(NAME) of a",
                        "nim-scaler.wake-sources.Gate.poll-interval = \"PT0.1S\": expected a duration from 250ms to 5m",
                        "nim-scaler.wake-sources.Gate.activation = \"-1.0\": expected a number of at least 0",
                        "nim-scaler.wake-sources.Gate.pod-auth = \"other\": expected one of nim-scaler.pods.auth");
    }
}
