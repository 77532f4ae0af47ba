package io.nimscaler.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * What the engine of a simulated pod does, as a flow: requests come, wait while {@link #MOST_RUNNING} run, and are completed. Its
 * counters grow with that, so that all of what it says fits together.
 *
 * <p>While r requests run, a token takes a + b · r, and at {@link #MOST_RUNNING} the batch costs half of it. So a pod at half of its load
 * runs a third of its requests.
 *
 * <p>Not thread-safe.
 */
final class DemoEngine {

    static final int MOST_RUNNING = 64;

    /** Of a full pod, in requests a second. */
    static final double MOST_COMPLETED = 4;

    private static final int PROMPT_TOKENS = 600;
    private static final int GENERATED_TOKENS = 200;

    /** Of b · r in the time of a token, when full. */
    private static final double BATCH_SHARE = .5;

    /** Of the KV cache, when as many run as may. */
    private static final double CACHE_WHEN_FULL = .75;

    private double waiting;
    private double completed;

    /** What it does, in full pods: 0 to 1. */
    private double work;

    /**
     * Time passes.
     *
     * @param load what comes meanwhile, in full pods
     */
    void pass(Duration elapsed, double load) {
        double seconds = elapsed.toMillis() / 1000.0;
        double comes = load * MOST_COMPLETED * seconds;
        double most = MOST_COMPLETED * seconds;
        double done = Math.min(most, waiting + comes);
        waiting += comes - done;
        completed += done;
        work = most > 0 ? done / most : work;
    }

    /** Requests, of whole numbers as an engine has them. */
    long running() {
        return Math.round(MOST_RUNNING * share());
    }

    long waiting() {
        return Math.round(waiting);
    }

    /** The share of the slots that is in use: by it the pod generates {@link #work} of what it does when full. */
    private double share() {
        return work * (1 - BATCH_SHARE) / (1 - BATCH_SHARE * work);
    }

    /** In the names and the form of NIM for LLMs 1.x. */
    String metrics() {
        return String.format(
                Locale.ROOT,
                """
                # HELP num_requests_running Number of requests currently running on GPU.
                # TYPE num_requests_running gauge
                num_requests_running{model_name="demo"} %d.0
                # HELP num_requests_waiting Number of requests waiting to be processed.
                # TYPE num_requests_waiting gauge
                num_requests_waiting{model_name="demo"} %d.0
                # HELP num_request_max The max number of concurrently running requests.
                # TYPE num_request_max gauge
                num_request_max{model_name="demo"} %d.0
                # HELP gpu_cache_usage_perc GPU KV-cache usage. 1 means 100 percent usage.
                # TYPE gpu_cache_usage_perc gauge
                gpu_cache_usage_perc{model_name="demo"} %.4f
                # HELP prompt_tokens_total Number of prefill tokens processed.
                # TYPE prompt_tokens_total counter
                prompt_tokens_total{model_name="demo"} %.1f
                # HELP generation_tokens_total Number of generation tokens processed.
                # TYPE generation_tokens_total counter
                generation_tokens_total{model_name="demo"} %.1f
                # HELP request_success_total Count of successfully processed requests.
                # TYPE request_success_total counter
                request_success_total{finished_reason="stop",model_name="demo"} %.1f
                """,
                running(),
                waiting(),
                MOST_RUNNING,
                CACHE_WHEN_FULL * share(),
                Math.floor(completed * PROMPT_TOKENS),
                Math.floor(completed * GENERATED_TOKENS),
                Math.floor(completed));
    }
}
