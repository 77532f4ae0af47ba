package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The counters in which an engine counts the requests that it refuses for lack of capacity, and those that it takes. A request
 * that is too long or invalid would be refused by another replica, too. So a reason or a status that is not known to mean lack
 * of capacity does not count.
 *
 * @param refused name of the counter of refusals
 * @param isRefusal which of its series are of capacity
 * @param taken name of the counter of requests that were taken
 * @param isTaken which of its series are
 * @param countsAtTheEnd whether {@code taken} counts when a request is done, so that those at work come on top
 * @param namesModel whether its series name the model they are of
 */
record RefusalCounters(
        String refused,
        Predicate<SampleLine> isRefusal,
        String taken,
        Predicate<SampleLine> isTaken,
        boolean countsAtTheEnd,
        boolean namesModel) {

    /** vLLM's limits of its queue, in requests and in tokens (vllm/v1/metrics/loggers.py). */
    private static final Set<String> QUEUE_LIMITS = Set.of("max_num_queued_reqs", "max_num_queued_tokens");

    /** Too Many Requests, Service Unavailable, and what some servers say when they are overloaded. */
    private static final Set<String> STATUSES = Set.of("429", "503", "529");

    private static final String HTTP_STATUS = "status_code";

    static final List<RefusalCounters> ALL = all();

    private static List<RefusalCounters> all() {
        List<RefusalCounters> all = new ArrayList<>();
        for (String prefix : Engine.VLLM) {
            all.add(new RefusalCounters(
                    prefix + "admission_rejections_total",
                    series -> QUEUE_LIMITS.contains(label(series, "reason")),
                    prefix + "request_success_total",
                    _ -> true,
                    true,
                    true));
        }
        // SGLang (python/sglang/srt/utils/common.py): one counter of all answers, by endpoint and status
        for (String prefix : List.of("sglang:", "sglang_")) {
            String responses = prefix + "http_responses_total";
            all.add(new RefusalCounters(
                    responses,
                    series -> isOfWork(series) && STATUSES.contains(label(series, HTTP_STATUS)),
                    responses,
                    series -> isOfWork(series) && label(series, HTTP_STATUS).equals("200"),
                    false,
                    false));
        }
        // Triton (docs/user_guide/metrics.md): REJECTED is a queue that is full, or in which a request waited for too
        // long
        all.add(new RefusalCounters(
                "nv_inference_request_failure",
                series -> label(series, "reason").equals("REJECTED"),
                "nv_inference_request_success",
                _ -> true,
                false,
                true));
        return List.copyOf(all);
    }

    /** A probe that is answered with 503 while the model loads is no request that was refused. */
    private static boolean isOfWork(SampleLine series) {
        return label(series, "method").equals("POST")
                && !label(series, "endpoint").startsWith("/health");
    }

    private static String label(SampleLine series, String name) {
        return series.labels().getOrDefault(name, "");
    }

    Stream<String> seriesNames() {
        return Stream.of(refused, taken).distinct();
    }

    boolean isIn(List<SampleLine> body) {
        return Lines.has(body, series -> series.name().equals(refused));
    }

    List<SampleLine> refusals(List<SampleLine> body, Optional<String> modelName) {
        return of(body, refused, isRefusal, modelName);
    }

    List<SampleLine> taken(List<SampleLine> body, Optional<String> modelName) {
        return of(body, taken, isTaken, modelName);
    }

    private List<SampleLine> of(
            List<SampleLine> body, String name, Predicate<SampleLine> which, Optional<String> modelName) {
        List<SampleLine> named = Lines.of(body, series -> series.name().equals(name) && which.test(series));
        return namesModel ? SeriesSelector.ofModel(named, modelName) : named;
    }
}
