package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EffectiveMetadataTest {

    /** Values of each key, of which any may stand beside any. */
    private static final Map<TriggerKey, List<String>> VALUES = Map.ofEntries(
            Map.entry(TriggerKey.TARGET_VALUE, List.of("0.01", "0.70", "1", "0.333")),
            Map.entry(TriggerKey.ACTIVATION_TARGET_VALUE, List.of("0", "0.000001", "3.5")),
            Map.entry(TriggerKey.AGGREGATION_TYPE, List.of("sum", "Average", "max")),
            Map.entry(TriggerKey.POLL_INTERVAL, List.of("250ms", "2s", "1m30s")),
            Map.entry(TriggerKey.STALE_AFTER, List.of("3m", "1h")),
            Map.entry(TriggerKey.UNAVAILABLE_AFTER, List.of("0s", "90s")),
            Map.entry(TriggerKey.STARTING_DEADLINE, List.of("24h", "1001ms")),
            Map.entry(TriggerKey.TOLERANCE, List.of("0", "0.05", "0.5")),
            Map.entry(TriggerKey.SMOOTHING_UP, List.of("0s", "7s")),
            Map.entry(TriggerKey.SMOOTHING_DOWN, List.of("0s", "1m")),
            Map.entry(TriggerKey.DOWNSCALE_STABILIZATION_WINDOW, List.of("0s", "59m", "1h")),
            Map.entry(TriggerKey.UPSCALE_STABILIZATION_WINDOW, List.of("1m", "30s")),
            Map.entry(TriggerKey.LOADING_CREDIT, List.of("true", "false")),
            Map.entry(TriggerKey.PORT, List.of("1", "metrics")),
            Map.entry(TriggerKey.PATH, List.of("auto", "/metrics", "/v1/metrics?x=1")),
            Map.entry(TriggerKey.SCHEME, List.of("http", "HTTPS")),
            Map.entry(TriggerKey.MODEL_NAME, List.of("meta/llama")),
            Map.entry(TriggerKey.POD_SELECTOR, List.of("app=nim,role in (leader)")),
            Map.entry(TriggerKey.POD_AUTH, List.of("team-a")));

    /** Each signal with its options. */
    private static final List<Map<String, String>> SIGNALS = List.of(
            Map.of(),
            Map.of("metric", "vllm:kv_cache_usage_perc"),
            Map.of("metric", "my_queue"),
            Map.of("wakeSource", "front", "wakeModelName", "llm"),
            Map.of("demandSource", "front", "wakeModelName", "llm"),
            Map.of("metric", "my_queue", "targetValue", "1000000000"),
            Map.of("metric", "my_queue", "seriesAggregation", "max"),
            Map.of("metric", "my_usage"),
            Map.of("metric", "my_usage", "seriesAggregation", "average"),
            Map.of("metric", "vllm:kv_cache_usage_perc", "seriesAggregation", "Max"),
            Map.of("metric", "vllm_kv_cache_usage_perc"),
            Map.of("metric", "nv_gpu_utilization"),
            Map.of("metric", "DCGM_FI_DEV_GPU_UTIL"),
            Map.of("metric", "DCGM_FI_DEV_FB_USED", "pollInterval", "5s"),
            Map.of("metric", "serving_load"),
            Map.of("metric", "serving_load", "maxRunning", "256"),
            Map.of("metric", "rate(generation_tokens_total)"),
            Map.of("metric", "rate(generation_tokens_total)", "window", "10m"),
            Map.of("metric", "time_to_first_token_seconds"),
            Map.of("metric", "vllm:e2e_request_latency_seconds", "quantile", "0.95", "window", "7m"),
            Map.of("metric", "my_histogram", "quantile", "0.5"),
            Map.of("shadow.targetValue", "0.8"),
            Map.of("shadow.metric", "serving_load", "shadow.targetValue", "0.8", "shadow.maxRunning", "64"),
            Map.of(
                    "metric",
                    "serving_load",
                    "maxRunning",
                    "256",
                    "shadow.metric",
                    "serving_load",
                    "shadow.targetValue",
                    "1"),
            Map.of(
                    "metric",
                    "time_to_first_token_seconds",
                    "quantile",
                    "0.9",
                    "shadow.quantile",
                    "0.5",
                    "shadow.smoothingDown",
                    "3s",
                    "shadow.modelName",
                    "other"));

    private static Trigger parse(Map<String, String> metadata) {
        return ((ParsedTrigger.Valid) TriggerParser.parse(metadata)).trigger();
    }

    static List<Map<String, String>> signals() {
        return SIGNALS;
    }

    @ParameterizedTest
    @MethodSource("signals")
    void parserMakesTheSameTriggerOfThem(Map<String, String> signal) {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
            VALUES.forEach((key, values) -> {
                if (random.nextBoolean()) {
                    metadata.put(key.key(), values.get(random.nextInt(values.size())));
                }
            });
            if ("1m30s".equals(metadata.get("pollInterval"))) {
                metadata.put("staleAfter", "3m");
                metadata.remove("metric");
            } else {
                metadata.putAll(signal);
            }
            Trigger trigger = parse(metadata);
            assertThat(parse(EffectiveMetadata.of(trigger)))
                    .usingRecursiveComparison()
                    .ignoringFields(
                            "metricName",
                            "shadow.value.metricName",
                            // It stands in them although the trigger's own metadata leave it to the metricType
                            "target.statedAggregation",
                            "shadow.value.target.statedAggregation")
                    .isEqualTo(trigger);
            assertThat(parse(EffectiveMetadata.of(trigger)).aggregationType()).isEqualTo(trigger.aggregationType());
        }
    }

    @Test
    void defaultsAreThereUnderTheKeysAndInTheWritingOfTheDocumentation() {
        Map<String, String> effective = EffectiveMetadata.of(Triggers.with());
        assertThat(effective).containsEntry("aggregationType", "sum");
        Arrays.stream(TriggerKey.values())
                .filter(key -> key.defaultText().isPresent())
                .forEach(key -> assertThat(effective)
                        .containsEntry(key.key(), key.defaultText().orElseThrow()));
        assertThat(effective).containsEntry("staleAfter", "15s").doesNotContainKeys("podSelector", "quantile");
    }
}
