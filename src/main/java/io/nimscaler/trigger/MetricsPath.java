package io.nimscaler.trigger;

import java.util.List;

/**
 * Where a pod serves its metrics.
 *
 * @param candidates in the order in which they are tried; more than one only for {@code auto}
 */
public record MetricsPath(List<String> candidates) {

    /**
     * NIM documents {@code /v1/metrics} since 1.5; earlier versions and plain engines serve {@code /metrics}, where trtllm-serve has
     * JSON: its metrics are at {@code /prometheus/metrics}
     * (<a href="https://github.com/NVIDIA/TensorRT-LLM/blob/main/tensorrt_llm/serve/openai_server.py">openai_server.py</a>).
     */
    public static final MetricsPath AUTO = new MetricsPath(List.of("/v1/metrics", "/metrics", "/prometheus/metrics"));

    private static final String AUTO_TEXT = "auto";

    public MetricsPath {
        candidates = List.copyOf(candidates);
    }

    static MetricsPath from(MetadataReader metadata) {
        String text = metadata.text(
                TriggerKey.PATH,
                value -> value.equals(AUTO_TEXT) || Grammar.isPath(value),
                "auto, or a path that starts with one /, without . and .. as segments",
                value -> Meant.path(value, Grammar::isPath));
        return text.equals(AUTO_TEXT) ? AUTO : new MetricsPath(List.of(text));
    }

    /** As a user would write it. */
    String text() {
        return equals(AUTO) ? AUTO_TEXT : candidates.getFirst();
    }
}
