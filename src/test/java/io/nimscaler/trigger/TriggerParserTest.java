package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.signal.CounterRate;
import io.nimscaler.signal.Latency;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Signals;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerParserTest {

    private static String error(String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.7"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        ParsedTrigger parsed = TriggerParser.parse(metadata);
        assertThat(parsed).isInstanceOf(ParsedTrigger.Invalid.class);
        return ((ParsedTrigger.Invalid) parsed).text();
    }

    @Test
    void targetValueAloneIsEnoughAndTheRestHasItsDefaults() {
        Trigger trigger = Triggers.with("targetValue", "0.70");
        assertThat(trigger)
                .isEqualTo(new Trigger(
                        "gpu_cache_usage_perc",
                        Signals.named("gpu_cache_usage_perc"),
                        Optional.empty(),
                        new Target(0.70, 0, Optional.empty()),
                        new Reading(
                                Scheme.HTTP,
                                new PodPort.Numbered(8000),
                                MetricsPath.AUTO,
                                Optional.empty(),
                                Optional.empty(),
                                Duration.ofSeconds(2)),
                        new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofMinutes(15)),
                        new Stabilization(
                                0.1,
                                new UpAndDown(Duration.ofSeconds(5), Duration.ofSeconds(30)),
                                new UpAndDown(Duration.ZERO, Duration.ofMinutes(5)),
                                false,
                                ScaleDown.ANY),
                        new Waking(Optional.empty(), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty()));
    }

    /** The highest target value of each signal, and the one above it, which is refused. */
    @ParameterizedTest
    @CsvSource({
        "gpu_cache_usage_perc, 1, 1.001",
        "vllm:kv_cache_usage_perc, 1, 70",
        "sglang:token_usage, 1, 70",
        "trtllm_kv_cache_utilization, 1, 70",
        "nv_gpu_utilization, 1, 85",
        "DCGM_FI_DEV_GPU_UTIL, 1, 80",
        "DCGM_FI_DEV_FB_USED, 1, 80",
        "serving_load, 10, 70",
        "num_requests_running, 1000000000, 1000000001",
        "num_requests_waiting, 1000000000, 1000000001",
        "rate(tokens_total), 1000000000, 1000000001",
        "time_to_first_token_seconds, 1000000000, 1000000001",
        "some_gauge, 1000000000, 1000000001"
    })
    void targetValueIsBoundedByWhatTheSignalCanShow(String metric, String highest, String above) {
        assertThat(Triggers.with("metric", metric, "targetValue", highest)
                        .target()
                        .value())
                .isEqualTo(Double.parseDouble(highest));
        assertThat(TriggerParser.parse(Map.of("metric", metric, "targetValue", above)))
                .isInstanceOfSatisfying(
                        ParsedTrigger.Invalid.class,
                        invalid -> assertThat(invalid.violations())
                                .singleElement()
                                .satisfies(violation -> {
                                    assertThat(violation.key()).isEqualTo("targetValue");
                                    assertThat(violation.value()).hasValue(above);
                                }));
    }

    @Test
    void targetValueFromTheEnvironmentIsNotShownWhenItIsRefused() {
        assertThat(TriggerParser.parse(Map.of("targetValueFromEnv", "83")))
                .isInstanceOfSatisfying(
                        ParsedTrigger.Invalid.class,
                        invalid -> assertThat(invalid.text())
                                .contains("targetValue = \"(from the environment)\"", "for 70 % write \"0.70\"")
                                .doesNotContain("83"));
    }

    @Test
    void wakeSourceIsTheNameOfASetting() {
        assertThat(Triggers.with("wakeSource", "epp-2").waking().source()).hasValue("epp-2");
    }

    @Test
    void kedasOwnKeysAreIgnored() {
        assertThat(Triggers.with(
                        "scalerAddress",
                        "keda-nim-scaler.keda-nim-scaler:9090",
                        "enableTLS",
                        "true",
                        "unsafeSsl",
                        "false",
                        "caCert",
                        "x",
                        "tlsClientCert",
                        "y",
                        "tlsClientKey",
                        "z"))
                .isEqualTo(Triggers.with());
    }

    @Test
    void valueFromTheEnvironmentIsTheSameAsTheValue() {
        assertThat(Triggers.with("pollIntervalFromEnv", "3s")).isEqualTo(Triggers.with("pollInterval", "3s"));
    }

    @Test
    void nameOfAMetricFromTheEnvironmentDoesNotDependOnItsValue() {
        assertThat(Triggers.with("metricFromEnv", "num_requests_waiting").metricName())
                .isEqualTo(
                        Triggers.with("metricFromEnv", "num_requests_running").metricName());
    }

    @Test
    void staleAfterFollowsASlowPollInterval() {
        assertThat(Triggers.with("pollInterval", "20s").deadlines().staleAfter())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "30s, 30000", "5m, 300000", "1m30s, 90000"})
    void durationsAreWrittenAsInKubernetes(String text, long millis) {
        assertThat(Triggers.with("pollInterval", text, "staleAfter", "1h")
                        .reading()
                        .pollInterval()
                        .toMillis())
                .isEqualTo(millis);
    }

    static Stream<Arguments> mistakes() {
        String duration = "a duration such as 500ms, 30s or 5m";
        return Stream.of(
                Arguments.of("targetValue", "0", "targetValue = \"0\": expected a number from 0.01 to 1000000000"),
                Arguments.of("targetValue", "0.0005", "at most 3 decimals"),
                Arguments.of("targetValue", "0.7005", "at most 3 decimals"),
                Arguments.of("targetValue", "NaN", "targetValue = \"NaN\": expected a number"),
                Arguments.of("targetValue", "-1", "targetValue = \"-1\": expected a number"),
                Arguments.of("targetValue", "1e3", "targetValue = \"1e3\": expected a number"),
                Arguments.of("targetValue", "70%", "targetValue = \"70%\": expected a number"),
                Arguments.of("targetValue", "70 %", "; did you mean 0.70?"),
                Arguments.of("targetValue", "0,7", "; did you mean 0.7?"),
                Arguments.of("quantile", "95", "; did you mean 0.95?"),
                Arguments.of("pollInterval", "2", "from 250ms to 5m; did you mean 2s?"),
                Arguments.of("query", "up", "query: expected metric, for the pods are read without Prometheus"),
                Arguments.of("metricType", "Value", "metricType: expected it beside the trigger's type"),
                Arguments.of("targetValue", "", "targetValue = \"\": expected a number"),
                Arguments.of(
                        "targetValue",
                        "70",
                        "targetValue = \"70\": expected at most 1 for gpu_cache_usage_perc, of which 1 is all that a"
                                + " replica has; for 70 % write \"0.70\""),
                Arguments.of("targetValue", "72.5", "for 72.5 % write \"0.725\""),
                Arguments.of("targetValue", "100", "for 100 % write \"1.00\""),
                Arguments.of("targetValue", "1.001", "targetValue = \"1.001\": expected at most 1 for"),
                Arguments.of("targetValue", "700", "for 70 % write \"0.70\""),
                Arguments.of("activationTargetValue", "x", "activationTargetValue = \"x\": expected a number from 0"),
                Arguments.of("metric", "gpu cache", "metric = \"gpu cache\": expected a metric name"),
                Arguments.of("aggregationType", "avg", "aggregationType = \"avg\": expected one of sum, average, max"),
                Arguments.of("maxRunning", "64", "maxRunning = \"64\": expected metric serving_load beside it"),
                Arguments.of(
                        "metric", "rate(a b)", "expected a metric name such as gpu_cache_usage_perc, or rate(NAME)"),
                Arguments.of("window", "30s", "window = \"30s\": expected the metric to be a latency or a rate(NAME)"),
                Arguments.of("quantile", "0.95", "quantile = \"0.95\": expected the metric to be a latency histogram"),
                Arguments.of("pollInterval", "30", "pollInterval = \"30\": expected " + duration),
                Arguments.of("pollInterval", "100ms", "from 250ms to 5m"),
                Arguments.of("pollInterval", "6m", "from 250ms to 5m"),
                Arguments.of("staleAfter", "3s", "staleAfter = \"3s\": expected " + duration + ", from 4s to 1h"),
                Arguments.of("tolerance", "0.6", "tolerance = \"0.6\": expected a number from 0 to 0.5"),
                Arguments.of("downscaleStabilizationWindow", "2h", "from 0s to 1h"),
                Arguments.of("loadingCredit", "yes", "loadingCredit = \"yes\": expected true or false"),
                Arguments.of("port", "0", "port = \"0\": expected a port number (1 to 65535)"),
                Arguments.of("port", "65536", "port = \"65536\": expected a port number"),
                Arguments.of("port", "Metrics", "port = \"Metrics\": expected a port number"),
                Arguments.of("path", "metrics", "path = \"metrics\": expected auto, or a path"),
                Arguments.of("path", "//evil.example/metrics", "path = \"//evil.example/metrics\": expected"),
                Arguments.of("path", "http://evil.example/metrics", "expected auto, or a path"),
                Arguments.of(
                        "path",
                        "/../metrics",
                        "path = \"/../metrics\": expected auto, or a path that starts with one /"),
                Arguments.of("path", "/v1/..", "without . and .. as segments"),
                Arguments.of("path", "/v1/./metrics", "without . and .. as segments"),
                Arguments.of("path", "/v1/%2e%2E/admin", "without . and .. as segments"),
                Arguments.of("path", "/v1/.%2e/admin?x=1", "without . and .. as segments"),
                Arguments.of("path", "/%2fevil.example", "expected auto, or a path"),
                Arguments.of("path", "/a%5c..", "expected auto, or a path"),
                Arguments.of("path", "/a%0d%0aHost:b", "expected auto, or a path"),
                Arguments.of("path", "/a%00", "expected auto, or a path"),
                Arguments.of("path", "/a%7F", "expected auto, or a path"),
                Arguments.of("path", "/a%", "expected auto, or a path"),
                Arguments.of("path", "/a%2", "expected auto, or a path"),
                Arguments.of("path", "/a%zz", "expected auto, or a path"),
                Arguments.of("path", "/\\evil.example", "expected auto, or a path"),
                Arguments.of("path", "/a#b", "expected auto, or a path"),
                Arguments.of("path", "/a\u0000", "expected auto, or a path"),
                Arguments.of("path", "/a\u2028b", "expected auto, or a path"),
                Arguments.of("path", "/" + "a".repeat(2000), "expected auto, or a path"),
                Arguments.of("path", "/a b", "path = \"/a b\": expected"),
                Arguments.of("path", "/a\r\nHost: b", "expected auto, or a path"),
                Arguments.of("scheme", "ftp", "scheme = \"ftp\": expected one of http, https"),
                Arguments.of(
                        "podAuth", "", "podAuth = \"\": expected a name of the scaler's setting nim-scaler.pods.auth"),
                Arguments.of("podAuth", "../x", "podAuth = \"../x\": expected a name of the scaler's setting"),
                Arguments.of("podAuth", "a.token-file", "podAuth = \"a.token-file\": expected a name"),
                Arguments.of(
                        "wakeSource",
                        "http://gateway:9090",
                        "wakeSource = \"http://gateway:9090\": expected a name of the scaler's setting"
                                + " nim-scaler.wake-sources"),
                Arguments.of("modelName", "", "modelName = \"\": expected 1 to 512 characters"),
                Arguments.of("modelName", "a\nb", "no control character"),
                Arguments.of("podSelector", "", "podSelector = \"\": expected a label selector"),
                Arguments.of("podSelector", "app=nim&fieldSelector=metadata.name=x", "expected a label selector"),
                Arguments.of("podSelector", "app=nim\r\nX: y", "expected a label selector"),
                Arguments.of("podSelector", "app in nim", "expected a label selector"),
                Arguments.of("podSelector", "app=nim,", "expected a label selector"),
                Arguments.of("podSelector", "../pods", "expected a label selector"),
                Arguments.of("podSelector", "a,".repeat(511) + "a,b", "1024 characters at most"),
                Arguments.of("targetvalue", "1", "targetvalue: expected a known key; did you mean targetValue?"),
                Arguments.of(
                        "threshold",
                        "1",
                        "threshold: expected targetValue; threshold is a key of other triggers of KEDA"),
                Arguments.of("polInterval", "1s", "polInterval: expected a known key; did you mean pollInterval?"),
                Arguments.of("targetValue", "100m", "; did you mean 0.1?"),
                Arguments.of("targetValue", "500ms", "; did you mean 0.5?"),
                Arguments.of("tolerance", "10%", "; did you mean 0.10?"),
                Arguments.of("quantile", "p95", "; did you mean 0.95?"),
                Arguments.of("pollInterval", "2 s", "; did you mean 2s?"),
                Arguments.of("downscaleStabilizationWindow", "5 minutes", "; did you mean 5m?"),
                Arguments.of("aggregationType", "avg", "expected one of sum, average, max; did you mean average?"),
                Arguments.of("scaleDown", "idle", "expected one of any, idlest; did you mean idlest?"),
                Arguments.of("loadingCredit", "yes", "expected true or false; did you mean true?"),
                Arguments.of("metric", "rate(tokens_total[5m])", "; did you mean rate(tokens_total)?"),
                Arguments.of("metric", "serving-load", "; did you mean serving_load?"),
                Arguments.of("path", "metrics", "; did you mean /metrics?"),
                Arguments.of("path", "http://pod:8000/v1/metrics", "; did you mean /v1/metrics?"),
                Arguments.of("staleAfter", "3s", "from 4s to 1h; 4s is 2 × pollInterval"),
                Arguments.of("pollingInterval", "2", "expected pollInterval; pollingInterval stands in the spec"),
                Arguments.of(
                        "minReplicaCount", "1", "expected it in the spec of the ScaledObject, not in the metadata"),
                Arguments.of("stabilizationWindowSeconds", "0", "expected downscaleStabilizationWindow; "));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("mistakes")
    void mistakeIsNamedWithKeyValueAndWhatWasExpected(String key, String value, String text) {
        assertThat(error(key, value)).contains(text).startsWith("trigger metadata: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/metrics",
                "/v1/metrics?format=text&name=x",
                "/a..b",
                "/...",
                "/.well-known/m",
                "/v1/metrics?up=../x",
                "/m%C3%A9trique",
                "/a%20b",
                "/prometheus/metrics"
            })
    void pathThatCanOnlyBeAPathIsTaken(String path) {
        assertThat(Triggers.with("path", path).reading().path().candidates()).containsExactly(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app=nim",
                "app==nim,role!=worker",
                "leaderworkerset.sigs.k8s.io/worker-index=0",
                "app.kubernetes.io/name in (nim, vllm), tier notin (x)",
                "gpu,!canary",
                "app=",
                "rank>0, rank<8"
            })
    void labelSelectorThatTheApiServerTakesIsTaken(String selector) {
        assertThat(Triggers.with("podSelector", selector).reading().podSelector())
                .hasValue(selector);
    }

    @Test
    void hostileSelectorCostsNoTime() {
        String hostile = "a in (" + " ,".repeat(500) + "!";
        assertThat(error("podSelector", hostile)).contains("expected a label selector");
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        assertThat(error("port", "0", "scheme", "ftp", "polInterval", "1s"))
                .contains("port = ", "scheme = ", "polInterval: ");
    }

    @Test
    void missingTargetValueIsAMistake() {
        assertThat(((ParsedTrigger.Invalid) TriggerParser.parse(Map.of())).text())
                .contains("targetValue: expected a number")
                .contains("; it is missing. With targetValueFromEnv: KEDA found no such variable");
    }

    @ParameterizedTest
    @CsvSource({
        "targetVaule, did you mean targetValue?",
        "threshold, expected targetValue;",
        "value, expected targetValue;"
    })
    void targetValueUnderAnotherNameIsOneMistake(String key, String text) {
        assertThat(TriggerParser.parse(Map.of(key, "0.7")))
                .isInstanceOfSatisfying(
                        ParsedTrigger.Invalid.class,
                        invalid -> assertThat(invalid.violations())
                                .singleElement()
                                .satisfies(violation -> assertThat(violation.text())
                                        .startsWith(key)
                                        .contains(text)));
    }

    @ParameterizedTest
    @CsvSource({
        "gpu_cache_usage_prec, did you mean gpu_cache_usage_perc?",
        "vllm:num_request_waiting, did you mean vllm:num_requests_waiting?",
        "servingLoad, did you mean serving_load?"
    })
    void gaugeThatIsNearlyAnEnginesNameIsTakenWithAWarning(String metric, String text) {
        assertThat(warnings("metric", metric))
                .singleElement()
                .satisfies(warning ->
                        assertThat(warning).startsWith("metric = " + metric).endsWith(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue_depth", "vllm_num_requests_waiting", "num_requests_pending", "nv_gpu_utilization"})
    void otherGaugesAreNotQuestioned(String metric) {
        assertThat(warnings("metric", metric)).isEmpty();
    }

    @Test
    void latencyGoalInMillisecondsIsQuestioned() {
        assertThat(warnings("metric", "time_to_first_token_seconds", "targetValue", "500"))
                .containsExactly("targetValue = 500.0 of a latency is in seconds; for 500 ms write \"0.5\"");
        assertThat(warnings("metric", "e2e_request_latency_seconds", "targetValue", "120"))
                .isEmpty();
    }

    /** Of pods that are not asked it is not known which is the idlest. */
    @Test
    void orderOfPodsThatAreNotAskedDrawsAWarning() {
        assertThat(warnings("metric", "DCGM_FI_DEV_GPU_UTIL", "scaleDown", "idlest"))
                .containsExactly(
                        "scaleDown: idlest does nothing with metric = DCGM_FI_DEV_GPU_UTIL: it is read from the exporters of"
                                + " GPUs, so no pod is asked for its requests; give a trigger that reads the pods scaleDown: idlest");
        assertThat(warnings("metric", "DCGM_FI_DEV_GPU_UTIL")).isEmpty();
        assertThat(warnings("metric", "nv_gpu_utilization", "scaleDown", "idlest"))
                .isEmpty();
    }

    private static List<String> warnings(String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.7"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return ((ParsedTrigger.Valid) TriggerParser.parse(metadata)).warnings();
    }

    @Test
    void keyGivenTwiceIsAMistake() {
        assertThat(error("targetValueFromEnv", "0.5")).contains("not as targetValueFromEnv too");
    }

    @Test
    void valueFromTheEnvironmentIsNeverShown() {
        assertThat(error("pollIntervalFromEnv", "s3cret"))
                .contains("pollInterval = \"(from the environment)\"")
                .doesNotContain("s3cret");
    }

    @Test
    void hugeValueIsShortened() {
        assertThat(error("scheme", "x".repeat(100_000))).hasSizeLessThan(300);
    }

    @Test
    void ratioAboveWhatSaturationAllowsDrawsAWarning() {
        ParsedTrigger high = TriggerParser.parse(Map.of("targetValue", "0.9"));
        ParsedTrigger fine = TriggerParser.parse(Map.of("targetValue", "0.8"));
        ParsedTrigger count = TriggerParser.parse(Map.of("targetValue", "10", "metric", "num_requests_waiting"));
        assertThat(((ParsedTrigger.Valid) high).warnings()).hasSize(1);
        assertThat(List.of(fine, count))
                .allSatisfy(parsed ->
                        assertThat(((ParsedTrigger.Valid) parsed).warnings()).isEmpty());
    }

    @Test
    void maximumOfRunningRequestsBelongsToServingLoad() {
        Trigger trigger = Triggers.with("metric", "serving_load", "maxRunning", "64");
        assertThat(trigger.signal()).isEqualTo(new ServingLoad(OptionalInt.of(64), Duration.ofMinutes(1)));
        assertThat(error("metric", "serving_load", "maxRunning", "1.5"))
                .contains("maxRunning = \"1.5\": expected a number from 1 to 100000 with at most 0 decimals");
    }

    @Test
    void windowAndQuantileMakeTheSignal() {
        Trigger latency =
                Triggers.with("metric", "vllm:e2e_request_latency_seconds", "quantile", "0.95", "window", "2m");
        assertThat(latency.signal())
                .isEqualTo(new Latency(
                        "vllm:e2e_request_latency_seconds",
                        OptionalDouble.of(.95),
                        Duration.ofMinutes(2),
                        List.of("vllm:e2e_request_latency_seconds")));
        Trigger rate = Triggers.with("metric", "rate(vllm:generation_tokens_total)", "pollInterval", "30s");
        assertThat(rate.signal()).isEqualTo(new CounterRate("vllm:generation_tokens_total", Duration.ofMinutes(2)));
        assertThat(rate.metricName()).isEqualTo("rate-vllm-generation_tokens_total");
        assertThat(Triggers.with("metric", "my_seconds", "quantile", "0.5").signal())
                .isInstanceOf(Latency.class);
        assertThat(error("metric", "DCGM_FI_DEV_GPU_UTIL", "quantile", "0.5")).contains("to be a latency histogram");
        assertThat(error("metric", "rate(x_total)", "window", "2s")).contains("window = \"2s\"", "from 8s to 1h");
        assertThat(error("metric", "my_seconds", "quantile", "1")).contains("a number from 0.01 to 0.999");
    }

    @Test
    void everyKeyHasADefaultThatTheParserAccepts() {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        for (TriggerKey key : TriggerKey.values()) {
            key.defaultText().ifPresent(text -> metadata.put(key.key(), text));
        }
        assertThat(TriggerParser.parse(metadata)).isEqualTo(new ParsedTrigger.Valid(Triggers.with(), List.of()));
    }
}
