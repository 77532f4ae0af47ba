package io.nimscaler.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.PrivateCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What settings may be, and what is said where they are not. */
class SettingsTest {

    @TempDir
    private Path folder;

    @Test
    void defaultsAreUsable() {
        assertThat(Written.wrong()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "grpc.tls.reload-period, 999ms, 1s, 24h, 25h, a duration from 1s to 24h",
        "scrape.timeout, 0s, 1ms, 1h, 61m, a duration from 1ms to 1h",
        "scrape.keep-alive, 999ms, 1s, 1h, 61m, a duration from 1s to 1h",
        "scrape.max-body-size, 0, 1, 1G, 5G, a size from 1 to 1G",
        "pods.reload-period, 0s, 1s, 24h, 25h, a duration from 1s to 24h",
        "kubernetes.scale-refresh, 0s, 1s, 10m, 11m, a duration from 1s to 10m",
        "history.length, -1s, 0s, 24h, 25h, a duration from 0s to 24h",
        "history.max-memory, -1, 0, 16G, 17G, a size from 0 to 16G",
        "history.days, 0, 1, 366, 367, a whole number from 1 to 366",
        "history.max-disk, 1K, 1M, 1T, 2T, a size from 1M to 1T",
        "gpu-exporters.port, 0, 1, 65535, 65536, a port number (1 to 65535)",
    })
    void rangeEndsWhereItIsSaidTo(String item, String below, String least, String most, String above, String expected) {
        for (String inside : List.of(least, most)) {
            assertThat(Written.wrong(item, inside)).as(inside).isEmpty();
        }
        for (String outside : List.of(below, above, "many", "")) {
            String value = outside.isEmpty() ? "" : " = \"" + outside + "\"";
            assertThat(Written.wrong(item, outside))
                    .containsExactly("nim-scaler." + item + value + ": expected " + expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.enabled",
                "kubernetes.enabled",
                "kubernetes.allow-host-network",
                "kubernetes.allow-local-addresses",
                "gpu-exporters.https",
                "demo.enabled"
            })
    void flagThatIsMisspeltIsNotTakenForFalse(String item) {
        assertThat(Written.wrong(item, "ture"))
                .containsExactly("nim-scaler." + item + " = \"ture\": expected true or false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grpc.client-identities | keda | = \"keda\": expected them only with nim-scaler.grpc.tls.client-ca",
                "grpc.tls.client-ca | ca.crt | = \"ca.crt\": expected it only with nim-scaler.grpc.tls.certificate",
                "api.users-file | /no/where | = \"/no/where\": expected a file that can be read, got NoSuchFileException",
                "gpu-exporters.selector | app in | = \"app in\": expected a label selector such as app=nvidia-dcgm-exporter",
                "gpu-exporters.path | //host/x | = \"//host/x\": expected a path that starts with one /",
                "gpu-exporters.namespace | GPU | = \"GPU\": expected the name of a namespace",
                "gpu-exporters.pod-auth | x | = \"x\": expected one of nim-scaler.pods.auth",
                "kubernetes.namespaces | a,B | = \"B\": expected names of namespaces",
                "kubernetes.service-names | a.b | = \"a.b\": expected names of Services",
            })
    void otherValueIsRefusedByName(String item, String value, String text) {
        assertThat(Written.wrong(item, value)).containsExactly("nim-scaler." + item + " " + text);
    }

    @Test
    void halfOfAPairIsRefused() throws Exception {
        new PrivateCa("ca").issue("scaler").writeTo(folder);
        assertThat(Written.wrong("grpc.tls.key", folder.resolve("tls.key").toString()))
                .containsExactly("nim-scaler.grpc.tls.certificate: expected it together with nim-scaler.grpc.tls.key");
        assertThat(Written.wrong(
                        "grpc.tls.certificate", folder.resolve("tls.crt").toString()))
                .containsExactly("nim-scaler.grpc.tls.key: expected it together with nim-scaler.grpc.tls.certificate");
        assertThat(Written.wrong(
                        "pods.auth.llm.namespaces",
                        "nim",
                        "pods.auth.llm.client-key",
                        folder.resolve("tls.key").toString()))
                .containsExactly("nim-scaler.pods.auth.llm.client-certificate: expected it together with"
                        + " nim-scaler.pods.auth.llm.client-key");
    }

    @Test
    void certificateOfAnotherKeyIsRefused() {
        PrivateCa ca = new PrivateCa("ca");
        ca.issue("scaler").writeTo(folder);
        PrivateCa.write(folder.resolve("tls.crt"), ca.issue("scaler").certificatePem());
        String certificate = folder.resolve("tls.crt").toString();
        assertThat(Written.wrong(
                        "grpc.tls.certificate",
                        certificate,
                        "grpc.tls.key",
                        folder.resolve("tls.key").toString()))
                .containsExactly("nim-scaler.grpc.tls.certificate = \"" + certificate
                        + "\": expected the certificate of the key in nim-scaler.grpc.tls.key");
    }

    @Test
    void allThatIsWrongIsSaidAtOnceOneLineEach() {
        Settings.Read read = Settings.read(Written.with(
                "scrape.timeout", "abc",
                "scrape.max-body-size", "5G",
                "kubernetes.scale-refresh", "0s",
                "wake-sources.gw.url", "ftp://x",
                "wake-sources.gw.activation", "-1",
                "pods.auth.LLM.ca", "/no/where",
                "static-targets.llm.addresses", "10.0.0.1,nowhere",
                "static-targets.llm.metadata.targetValue", "0.7",
                "static-targets.llm.metadata.pollIntervall", "2s",
                "static-targets.llm.metadata.wakeSource", "other"));
        assertThat(read)
                .isInstanceOfSatisfying(
                        Settings.Read.Unusable.class,
                        unusable -> assertThat(unusable.text().lines())
                                .containsExactly(
                                        "cannot start, 12 settings are wrong:",
                                        "nim-scaler.scrape.timeout = \"abc\": expected a duration from 1ms to 1h",
                                        "nim-scaler.scrape.max-body-size = \"5G\": expected a size from 1 to 1G",
                                        "nim-scaler.pods.auth.LLM: expected a name of a letter, then letters, digits or -, 63 at most",
                                        "nim-scaler.pods.auth.LLM.namespaces: expected names of namespaces, or *",
                                        "nim-scaler.pods.auth.LLM.ca = \"/no/where\": expected a file that can be read, got"
                                                + " NoSuchFileException",
                                        "nim-scaler.wake-sources.gw.url = \"ftp://x\": expected an http or https URL with a path, such as"
                                                + " http://gateway.llm:9090/metrics",
                                        "nim-scaler.wake-sources.gw.metric: expected the name of a gauge, or rate(NAME) of a counter",
                                        "nim-scaler.wake-sources.gw.namespaces: expected names of namespaces, or *",
                                        "nim-scaler.wake-sources.gw.activation = \"-1\": expected a number of at least 0",
                                        "nim-scaler.kubernetes.scale-refresh = \"0s\": expected a duration from 1s to 10m",
                                        "nim-scaler.static-targets.llm.addresses = \"nowhere\": expected IP addresses, IPv4:PORT or [IPv6]:PORT",
                                        "nim-scaler.static-targets.llm.metadata.pollIntervall: expected a known key; did you mean"
                                                + " pollInterval?"));
    }

    /** A value that no setting takes: what is expected of each is what the documentation says. */
    @Test
    void tableSaysWhatIsExpected() throws Exception {
        Pattern row = Pattern.compile("\\| `nim-scaler\\.([^`]+)` \\| [^|]+ \\| ([^|]+) \\|.*");
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("src/docs/settings.md"))) {
            Matcher matcher = row.matcher(line);
            if (matcher.matches() && !matcher.group(1).endsWith(".KEY")) {
                expected.put(matcher.group(1).replace("NAME", "x"), matcher.group(2));
            }
        }
        assertThat(expected).hasSize(49);
        String[] written = expected.keySet().stream()
                .flatMap(item -> Stream.of(item, "/?\u00e4 \u00f6"))
                .toArray(String[]::new);
        Settings.Read read = Settings.read(Written.with(written));
        assertThat(read).isInstanceOfSatisfying(Settings.Read.Unusable.class, unusable -> {
            Map<String, String> said = new TreeMap<>();
            unusable.violations()
                    .forEach(violation -> said.putIfAbsent(
                            violation.key().substring("nim-scaler.".length()),
                            violation.expected().replace(", got NoSuchFileException", "")));
            said.keySet().retainAll(expected.keySet());
            assertThat(said).isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nim-0.example",
                "10.0.0.1:0",
                "10.0.0.1:70000",
                "10.0.0",
                "http://10.0.0.1",
                "[10.0.0.1]:80x",
                "[10.0.0.1]:8000",
                "fd00::1]:8000"
            })
    void whatIsNoAddressIsRefusedByName(String address) {
        assertThat(Written.wrong(
                        "static-targets.llm.addresses", address, "static-targets.llm.metadata.targetValue", "0.7"))
                .containsExactly("nim-scaler.static-targets.llm.addresses = \"" + address
                        + "\": expected IP addresses, IPv4:PORT or [IPv6]:PORT");
    }

    private static List<String> wrongWhere(String metricType, String aggregationType) {
        return Written.wrong(
                "static-targets.llm.addresses",
                "10.0.0.1",
                "static-targets.llm.metric-type",
                metricType,
                "static-targets.llm.metadata.targetValue",
                "0.7",
                "static-targets.llm.metadata.aggregationType",
                aggregationType);
    }

    @Test
    void aggregationThatDoesNotFitTheMetricTypeIsRefused() {
        assertThat(wrongWhere("AverageValue", "average"))
                .singleElement()
                .asString()
                .startsWith("nim-scaler.static-targets.llm.metadata.aggregationType = \"average\": expected sum under"
                        + " metricType AverageValue");
        assertThat(wrongWhere("Utilization", "average"))
                .containsExactly(
                        "nim-scaler.static-targets.llm.metric-type = \"Utilization\": expected AverageValue or Value");
        assertThat(wrongWhere("Value", "average")).isEmpty();
    }

    @Test
    void staticTargetMayNameAWakeSourceThatThereIs() {
        Map<String, String> target = Map.of(
                "static-targets.llm.addresses", "10.0.0.1",
                "static-targets.llm.metadata.targetValue", "0.7",
                "static-targets.llm.metadata.wakeSource", "gw");
        String[] written = target.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new);
        assertThat(Written.wrong(written)).singleElement().asString().contains("wakeSource = \"gw\": expected one of");
        String[] source = {
            "wake-sources.gw.url", "http://gw/metrics",
            "wake-sources.gw.metric", "queue",
            "wake-sources.gw.namespaces", "*"
        };
        assertThat(Written.usable(Stream.of(written, source).flatMap(Stream::of).toArray(String[]::new))
                        .staticTargets())
                .hasSize(1);
    }

    @Test
    void whatIsInForceIsOneLineWithoutSecrets() throws Exception {
        Files.writeString(folder.resolve("token"), "sesame");
        Files.writeString(folder.resolve("users"), "ada:lovelace");
        String text = Written.usable(
                        "pods.auth.llm.namespaces", "nim,\nnim-staging",
                        "pods.auth.llm.token-file", folder.resolve("token").toString(),
                        "api.users-file", folder.resolve("users").toString(),
                        "wake-sources.gw.url", "http://gw/metrics?token=open",
                        "wake-sources.gw.metric", "queue",
                        "wake-sources.gw.namespaces", "*",
                        "scrape.timeout", "90s")
                .text();
        assertThat(text)
                .contains(
                        "scrape.timeout=90s ",
                        "scrape.keep-alive=310s",
                        "pods.auth.llm.namespaces=nim,nim-staging ",
                        "pods.auth.llm.token-file=" + folder.resolve("token"),
                        "wake-sources.gw.url=http://gw/metrics?... ")
                .doesNotContain("sesame", "lovelace", "open", "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "nim-scaler.scrape.timeouts, did you mean nim-scaler.scrape.timeout?",
        "nim-scaler.wake-sources.gateway.pol-interval, did you mean nim-scaler.wake-sources.gateway.poll-interval?",
        "nim-scaler.foo, ''",
        "NIM_SCALER_SCRAPE_TIMEOUTS, did you mean NIM_SCALER_SCRAPE_TIMEOUT?",
        "NIM_SCALER_PODS_AUTH_MY_LLM_TOKENFILE, did you mean NIM_SCALER_PODS_AUTH_MY_LLM_TOKEN_FILE?",
        "nim_scaler_api_enabled, did you mean NIM_SCALER_API_ENABLED?",
        "NIM_SCALER_KUBERNETES_NAMESPACE, did you mean NIM_SCALER_KUBERNETES_NAMESPACES?",
        "NIM_SCALER_FOO, ''",
    })
    void unknownNameIsSaidWithWhatWasMeant(String name, String meant) {
        boolean variable = name.matches("(?i)nim_scaler_.*");
        String text = name + ": expected a known setting" + (meant.isEmpty() ? "" : "; " + meant);
        assertThat(Settings.unknown(
                        variable ? List.of() : List.of("quarkus.http.port", name),
                        variable ? Set.of("PATH", name) : Set.of()))
                .extracting(violation -> violation.text())
                .containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nim-scaler.kubernetes.namespaces[0]",
                "nim-scaler.static-targets.llm.metadata.shadow.targetValue",
                "nim-scaler.static-targets.\"a.b\".addresses",
                "nim-scaler.wake-sources.my-gateway.url",
                "NIM_SCALER_WAKE_SOURCES_MY_GATEWAY_URL",
                "NIM_SCALER_KUBERNETES_NAMESPACES_0_",
                "NIM_SCALER_STATIC_TARGETS_LLM_METADATA_TARGETVALUE",
                "NIM_SCALER_PORT",
                "NIM_SCALER_PORT_9090_TCP_ADDR",
                "NIM_SCALER_SERVICE_PORT_GRPC",
                "KEDA_NIM_SCALER_SERVICE_HOST",
            })
    void knownNameAndWhatKubernetesSetsIsNotWarnedOf(String name) {
        assertThat(Settings.unknown(List.of(name), Set.of(name))).isEmpty();
    }
}
