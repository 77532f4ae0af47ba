package io.nimscaler.bench;

import java.nio.charset.StandardCharsets;

/** A replica's {@code /metrics}: what the real ones write of these, among other series, under NIM 1.x's or vLLM's names. */
final class Exposition {

    private Exposition() {}

    static byte[] of(Replica replica, Engine engine) {
        String prefix = engine.saysMaxRunning() ? "" : "vllm:";
        StringBuilder body = new StringBuilder(1200);
        comment(body, prefix + "num_requests_running", "gauge");
        line(body, prefix, "num_requests_running", "", replica.running.size());
        comment(body, prefix + "num_requests_waiting", "gauge");
        line(body, prefix, "num_requests_waiting", "", replica.waiting.size());
        comment(body, prefix + "kv_cache_usage_perc", "gauge");
        line(body, prefix, engine.saysMaxRunning() ? "gpu_cache_usage_perc" : "kv_cache_usage_perc", "", replica.kvUsage());
        if (engine.saysMaxRunning()) {
            line(body, prefix, "num_request_max", "", engine.maxRunning());
        }
        comment(body, prefix + "prompt_tokens_total", "counter");
        line(body, prefix, "prompt_tokens_total", "", Math.floor(replica.promptTokensTotal));
        comment(body, prefix + "generation_tokens_total", "counter");
        line(body, prefix, "generation_tokens_total", "", Math.floor(replica.outputTokensTotal));
        comment(body, prefix + "request_success_total", "counter");
        line(body, prefix, "request_success_total", ",finished_reason=\"stop\"", replica.completedTotal);
        line(body, prefix, "request_success_total", ",finished_reason=\"length\"", 0);
        if (engine.countsRefusals()) {
            comment(body, prefix + "admission_rejections_total", "counter");
            line(body, prefix, "admission_rejections_total", ",reason=\"max_num_queued_reqs\"", replica.refusedTotal);
        }
        return body.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void comment(StringBuilder body, String name, String type) {
        body.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder body, String prefix, String name, String labels, double value) {
        body.append(prefix).append(name).append("{model_name=\"m\"").append(labels).append("} ");
        body.append(value).append('\n');
    }
}
