package io.nimscaler.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Scheme;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WakeReadingTest {

    private static String[] source(String url) {
        return new String[] {
            "wake-sources.gateway.url", url,
            "wake-sources.gateway.metric", "queue_size",
            "wake-sources.gateway.namespaces", "*"
        };
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
        assertThat(Written.usable(source(url)).wakeSources())
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
        assertThat(Written.wrong(source(url)))
                .containsExactly("nim-scaler.wake-sources.gateway.url = \"" + url
                        + "\": expected an http or https URL with a path, such as http://gateway.llm:9090/metrics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://me:secret@gateway/metrics", "http://me:sec/secret@ret@gateway/metrics?secret"})
    void passwordInAnUrlIsRefusedAndNotShown(String url) {
        assertThat(Written.wrong(source(url)))
                .singleElement()
                .asString()
                .contains("url = \"http://...@gateway/metrics")
                .doesNotContain("secret");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        List<String> wrong = Written.wrong(
                "wake-sources.gate.url", "http://gateway/metrics",
                "wake-sources.gate.metric", "sum(x)",
                "wake-sources.gate.namespaces", "nim,Nim",
                "wake-sources.gate.poll-interval", "100ms",
                "wake-sources.gate.model-label", "model-name",
                "wake-sources.gate.activation", "NaN",
                "wake-sources.gate.absent-is-zero", "maybe",
                "wake-sources.gate.pod-auth", "other");
        String gate = "nim-scaler.wake-sources.gate.";
        assertThat(wrong)
                .containsExactly(
                        gate + "metric = \"sum(x)\": expected the name of a gauge, or rate(NAME) of a counter",
                        gate + "namespaces = \"Nim\": expected names of namespaces, or *",
                        gate + "poll-interval = \"100ms\": expected a duration from 250ms to 5m",
                        gate + "model-label = \"model-name\": expected the name of a label",
                        gate + "activation = \"NaN\": expected a number of at least 0",
                        gate + "absent-is-zero = \"maybe\": expected true or false",
                        gate + "pod-auth = \"other\": expected one of nim-scaler.pods.auth");
    }

    @Test
    void atMostAHundredSourcesAreTaken() {
        assertThat(Written.usable(sources(100)).wakeSources()).hasSize(100);
        assertThat(Written.wrong(sources(101)))
                .containsExactly("nim-scaler.wake-sources = \"101 of them\": expected at most 100 of them");
    }

    private static String[] sources(int number) {
        return IntStream.range(0, number)
                .boxed()
                .flatMap(i -> Stream.of(
                        "wake-sources.gate" + i + ".url", "http://gateway" + i + "/metrics",
                        "wake-sources.gate" + i + ".metric", "queue_size",
                        "wake-sources.gate" + i + ".namespaces", "nim"))
                .toArray(String[]::new);
    }
}
