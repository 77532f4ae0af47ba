package io.nimscaler.signal;

import io.nimscaler.signal.Gauge.Kind;
import java.util.List;
import java.util.stream.Stream;

/**
 * The metric names of an inference engine.
 *
 * @param kvUsage used share of the KV cache
 * @param running requests being worked on
 * @param waiting requests in the queue
 * @param transfers which of those in the queue wait for their KV cache
 * @param maxRunning how many requests it works on at once; no source: it does not say
 * @param tokens counter of what it generated; no source: it does not say
 * @param prompts counter of the tokens of the prompts that it read; no source: it does not say
 * @param completed counter of the requests that it completed; no source: it does not say
 * @param mayLackRequests whether there are versions whose exposition has the KV usage and no number of requests
 */
record Engine(
        Gauge kvUsage,
        Gauge running,
        Gauge waiting,
        Transfers transfers,
        Gauge maxRunning,
        Counter tokens,
        Counter prompts,
        Counter completed,
        boolean mayLackRequests) {

    /**
     * What vLLM's names begin with: its own; under Ray Serve (vllm/v1/metrics/ray_wrappers.py, and before that as Ray's own
     * wrapper wrote it); behind an exporter that knows no colon.
     */
    static final List<String> VLLM = List.of("vllm:", "ray_vllm_", "ray_vllm:", Engine.VLLM_WITHOUT_COLON);

    static final String VLLM_WITHOUT_COLON = "vllm_";

    private static final String TRITON_REQUESTS = "nv_trt_llm_request_metrics";
    private static final String TRITON_REQUEST_TYPE = "request_type";

    /** Newer names before older ones, so that a body with both is read by the name that stays. */
    static final List<Engine> ALL = List.of(
            // NIM for LLMs 1.x; NIM 2.x passes the engine's own through
            new Engine(
                    kvUsage(SeriesSelector.of("gpu_cache_usage_perc")),
                    count(SeriesSelector.of("num_requests_running")),
                    count(SeriesSelector.of("num_requests_waiting")),
                    noTransfers(),
                    count(SeriesSelector.of("num_request_max")),
                    new Counter("generation_tokens_total"),
                    new Counter("prompt_tokens_total"),
                    new Counter("request_success_total"),
                    false),
            // vLLM: vllm/v1/metrics/loggers.py; 0.10 has both names of the KV usage
            new Engine(
                    kvUsage(vllm("kv_cache_usage_perc", "gpu_cache_usage_perc")),
                    count(vllm("num_requests_running")),
                    count(vllm("num_requests_waiting")),
                    new Transfers(
                            count(vllm("num_requests_waiting_by_reason", "reason", "deferred")),
                            List.of(vllm("prompt_tokens_by_source_total", "source", "external_kv_transfer"))),
                    count(),
                    counterOfVllm("generation_tokens_total"),
                    counterOfVllm("prompt_tokens_total"),
                    counterOfVllm("request_success_total"),
                    false),
            // SGLang: python/sglang/srt/metrics/collector.py; behind some gateways the colon is an underscore
            new Engine(
                    kvUsage(SeriesSelector.of("sglang:token_usage"), SeriesSelector.of("sglang_token_usage")),
                    count(SeriesSelector.of("sglang:num_running_reqs"), SeriesSelector.of("sglang_num_running_reqs")),
                    count(
                            SeriesSelector.ofQueue("sglang:", "num_queue_reqs"),
                            SeriesSelector.ofQueue("sglang_", "num_queue_reqs")),
                    noTransfers(),
                    count(),
                    // Its generation_tokens_total grows when a request ends, by all of its tokens
                    new Counter("sglang:realtime_tokens_total", "sglang_realtime_tokens_total").with("mode", "decode"),
                    new Counter("sglang:prompt_tokens_total", "sglang_prompt_tokens_total"),
                    new Counter("sglang:num_requests_total", "sglang_num_requests_total"),
                    false),
            // trtllm-serve: tensorrt_llm/metrics/collector.py; the numbers of requests came after the KV usage
            new Engine(
                    kvUsage(SeriesSelector.of("trtllm_kv_cache_utilization")),
                    count(SeriesSelector.of("trtllm_num_requests_running")),
                    count(SeriesSelector.of("trtllm_num_requests_waiting")),
                    noTransfers(),
                    count(SeriesSelector.of("trtllm_max_num_active_requests")),
                    new Counter(),
                    new Counter(),
                    new Counter("trtllm_request_success_total"),
                    true),
            // Triton's TensorRT-LLM backend: custom_metrics_reporter.cc; "waiting" came after the others
            new Engine(
                    kvUsage(SeriesSelector.of("nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type", "fraction")),
                    count(SeriesSelector.of(TRITON_REQUESTS, TRITON_REQUEST_TYPE, "scheduled")),
                    count(SeriesSelector.of(TRITON_REQUESTS, TRITON_REQUEST_TYPE, "waiting")),
                    noTransfers(),
                    count(SeriesSelector.of(TRITON_REQUESTS, TRITON_REQUEST_TYPE, "max")),
                    new Counter(),
                    new Counter(),
                    new Counter(),
                    true));

    /** The newer name before the older, and of each first as it is written where nothing stands between. */
    private static SeriesSelector[] vllm(String... names) {
        return Stream.of(names)
                .flatMap(name -> VLLM.stream().map(prefix -> SeriesSelector.of(prefix + name)))
                .toArray(SeriesSelector[]::new);
    }

    private static SeriesSelector[] vllm(String name, String label, String value) {
        return VLLM.stream()
                .map(prefix -> SeriesSelector.of(prefix + name, label, value))
                .toArray(SeriesSelector[]::new);
    }

    private static Transfers noTransfers() {
        return new Transfers(count(), List.of());
    }

    private static Counter counterOfVllm(String name) {
        return new Counter(VLLM.stream().map(prefix -> prefix + name).toArray(String[]::new));
    }

    private static Gauge kvUsage(SeriesSelector... sources) {
        return Gauge.ofEngine("KV usage", Kind.RATIO, List.of(sources));
    }

    private static Gauge count(SeriesSelector... sources) {
        return Gauge.ofEngine("requests", Kind.COUNT, List.of(sources));
    }
}
