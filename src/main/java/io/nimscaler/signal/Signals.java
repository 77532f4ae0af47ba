package io.nimscaler.signal;

import io.nimscaler.exposition.MetricExpression;
import io.nimscaler.signal.Gauge.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The signals by name: those that engines show under several names, and any gauge by its own name. */
public final class Signals {

    /** NIM's name of the KV cache usage, which is the default signal. */
    public static final String KV_CACHE_USAGE = "gpu_cache_usage_perc";

    /** NIM's name of how many requests it works on. */
    public static final String REQUESTS_RUNNING = "num_requests_running";

    /** NIM's name of the queue's length. */
    public static final String REQUESTS_WAITING = "num_requests_waiting";

    /** NIM's name of how long requests take from end to end. */
    static final String REQUEST_LATENCY = "e2e_request_latency_seconds";

    private static final List<Gauge> KNOWN = List.of(
            known(KV_CACHE_USAGE, Kind.RATIO, Engine::kvUsage),
            known(REQUESTS_RUNNING, Kind.COUNT, Engine::running),
            known(REQUESTS_WAITING, Kind.COUNT, Engine::waiting),
            // Triton: a share of time, of each GPU
            Gauge.ofEngine("nv_gpu_utilization", Kind.UTILIZATION, List.of(SeriesSelector.of("nv_gpu_utilization"))));

    /** NIM's names of the latency histograms, and where they stand. */
    private static final Map<String, List<String>> LATENCIES = Map.of(
            "time_to_first_token_seconds",
            List.of(
                    "time_to_first_token_seconds",
                    "vllm:time_to_first_token_seconds",
                    "ray_vllm_time_to_first_token_seconds",
                    "ray_vllm:time_to_first_token_seconds",
                    "vllm_time_to_first_token_seconds",
                    "sglang:time_to_first_token_seconds",
                    "sglang_time_to_first_token_seconds",
                    "trtllm_time_to_first_token_seconds"),
            // vLLM's first one is the same as its second, under a name that 0.11 dropped; SGLang likewise
            "time_per_output_token_seconds",
            List.of(
                    "time_per_output_token_seconds",
                    "vllm:inter_token_latency_seconds",
                    "ray_vllm_inter_token_latency_seconds",
                    "ray_vllm:inter_token_latency_seconds",
                    "vllm_inter_token_latency_seconds",
                    "vllm:time_per_output_token_seconds",
                    "ray_vllm_time_per_output_token_seconds",
                    "ray_vllm:time_per_output_token_seconds",
                    "vllm_time_per_output_token_seconds",
                    "sglang:inter_token_latency_seconds",
                    "sglang_inter_token_latency_seconds",
                    "sglang:time_per_output_token_seconds",
                    "trtllm_time_per_output_token_seconds"),
            REQUEST_LATENCY,
            List.of(
                    REQUEST_LATENCY,
                    "vllm:e2e_request_latency_seconds",
                    "ray_vllm_e2e_request_latency_seconds",
                    "ray_vllm:e2e_request_latency_seconds",
                    "vllm_e2e_request_latency_seconds",
                    "sglang:e2e_request_latency_seconds",
                    "sglang_e2e_request_latency_seconds",
                    "trtllm_e2e_request_latency_seconds"));

    private Signals() {}

    /** The name of an engine's series or of a signal of ours from which a gauge's name differs by two characters at most; empty: none is so near. */
    public static Optional<String> misspelt(Signal signal) {
        if (!(signal instanceof Gauge gauge)) {
            return Optional.empty();
        }
        Set<String> known = Stream.of(
                        KNOWN.stream().map(Gauge::name),
                        KNOWN.stream().flatMap(each -> each.seriesNames().stream()),
                        LATENCIES.values().stream().flatMap(List::stream),
                        Stream.of(ServingLoad.NAME))
                .flatMap(Function.identity())
                .collect(Collectors.toSet());
        return known.contains(gauge.name())
                ? Optional.empty()
                : known.stream()
                        .filter(name -> Math.abs(name.length() - gauge.name().length()) <= 2
                                && EditDistance.between(name, gauge.name()) <= 2)
                        .sorted()
                        .findFirst();
    }

    /** Whether this can be the name of a signal: a Prometheus metric name of at most 200 characters, or {@code rate(NAME)}. */
    public static boolean isName(String name) {
        return MetricExpression.of(name).isPresent();
    }

    /** The signal of this name with no options, see {@link #named(String, SignalOptions)}. */
    public static Signal named(String name) {
        return named(name, SignalOptions.NONE);
    }

    /**
     * The signal that has this name or alias. Any other name is, with a quantile, that histogram itself, and else that gauge, its
     * series and pods summed.
     *
     * @param options those that are not of this signal are not looked at
     * @throws IllegalArgumentException if {@link #isName} is false
     */
    public static Signal named(String name, SignalOptions options) {
        MetricExpression expression = MetricExpression.of(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "metric = \"" + name + "\", must be a Prometheus metric name or rate(NAME)"));
        if (name.equals(ServingLoad.NAME)) {
            return new ServingLoad(options.maxRunning(), options.window());
        }
        if (expression.isRate()) {
            return new CounterRate(expression.name(), options.window());
        }
        Optional<GpuUsage> gpuUsage = GpuUsage.named(name);
        if (gpuUsage.isPresent()) {
            return gpuUsage.get();
        }
        Optional<List<String>> latency = histograms(name, options);
        if (latency.isPresent()) {
            return new Latency(name, options.quantile(), options.window(), latency.get());
        }
        Optional<Gauge> known = KNOWN.stream()
                .filter(signal -> signal.sources().stream()
                        .anyMatch(source -> source.seriesName().equals(name)))
                .findFirst();
        return known.map(gauge -> aggregated(asAsked(name, gauge), options.seriesAggregation()))
                .orElseGet(() -> Gauge.named(name, options.seriesAggregation()));
    }

    /** A name that no engine writes is what some exporter in front of one writes, or a slip: nothing else is read for it. */
    private static Gauge asAsked(String name, Gauge known) {
        return name.startsWith(Engine.VLLM_WITHOUT_COLON)
                ? Gauge.ofEngine(name, known.kind(), List.of(SeriesSelector.of(name)))
                : known;
    }

    private static Gauge aggregated(Gauge gauge, Optional<SeriesAggregation> given) {
        return given.map(gauge::aggregatedBy).orElse(gauge);
    }

    /** An engine's own name is that histogram alone, for one engine may have two that are alike. */
    private static Optional<List<String>> histograms(String name, SignalOptions options) {
        boolean isGauge = KNOWN.stream().anyMatch(gauge -> gauge.seriesNames().contains(name));
        boolean isLatency = (options.quantile().isPresent() && !isGauge)
                || LATENCIES.values().stream().anyMatch(names -> names.contains(name))
                || name.equals("vllm:request_time_per_output_token_seconds");
        return isLatency ? Optional.of(LATENCIES.getOrDefault(name, List.of(name))) : Optional.empty();
    }

    /** Where engines have the latency of this name of NIM's, most preferred first; none: it is no such name. */
    static List<String> histogramsOf(String latency) {
        return LATENCIES.getOrDefault(latency, List.of());
    }

    /** What all engines call it, in their order. */
    private static Gauge known(String name, Kind kind, Function<Engine, Gauge> gauge) {
        return Gauge.ofEngine(
                name,
                kind,
                Engine.ALL.stream()
                        .flatMap(engine -> gauge.apply(engine).sources().stream())
                        .toList());
    }
}
