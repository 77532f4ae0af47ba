package io.nimscaler.signal;

import io.nimscaler.signal.Signal.Kind;
import io.nimscaler.signal.Signal.Source;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The signals by name: those that engines expose under several names, and any gauge by its own. */
public final class Signals {

    /** NIM's name of the KV cache usage, which is the default signal. */
    public static final String KV_CACHE_USAGE = "gpu_cache_usage_perc";

    /** A metric name as the Prometheus text format has it. */
    private static final Pattern SERIES_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]{0,199}");

    /**
     * Newer names before older ones, so that a body with both is read by the name that stays. NIM 1.x has plain names; NIM
     * 2.x passes the engine's own through (vLLM, SGLang).
     */
    private static final List<Signal> KNOWN = List.of(
            new Signal(
                    KV_CACHE_USAGE,
                    Kind.RATIO,
                    List.of(
                            Source.of(KV_CACHE_USAGE),
                            Source.of("vllm:kv_cache_usage_perc"),
                            Source.of("vllm:gpu_cache_usage_perc"),
                            Source.of("sglang:token_usage"),
                            Source.of("trtllm_kv_cache_utilization"),
                            new Source(
                                    "nv_trt_llm_kv_cache_block_metrics", Map.of("kv_cache_block_type", "fraction")))),
            counts("num_requests_running", "vllm:num_requests_running", "sglang:num_running_reqs"),
            counts("num_requests_waiting", "vllm:num_requests_waiting", "sglang:num_queue_reqs"));

    private Signals() {}

    /** Whether this can be the name of a signal: at most 200 characters of a Prometheus metric name. */
    public static boolean isName(String name) {
        return SERIES_NAME.matcher(name).matches();
    }

    /**
     * The signal that has this name or alias; any other name is that gauge itself, its series summed.
     *
     * @throws IllegalArgumentException if {@link #isName} is false
     */
    public static Signal named(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("metric = \"" + name + "\", must be a Prometheus metric name");
        }
        return KNOWN.stream()
                .filter(signal -> signal.seriesNames().contains(name))
                .findFirst()
                .orElseGet(() -> counts(name));
    }

    private static Signal counts(String... names) {
        return new Signal(
                names[0], Kind.COUNT, List.of(names).stream().map(Source::of).toList());
    }
}
