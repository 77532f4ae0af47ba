package io.nimscaler.signal;

import io.nimscaler.signal.Gauge.Kind;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The signals by name: those that engines expose under several names, and any gauge by its own. */
public final class Signals {

    /** NIM's name of the KV cache usage, which is the default signal. */
    public static final String KV_CACHE_USAGE = "gpu_cache_usage_perc";

    /** A metric name as the Prometheus text format has it. */
    private static final Pattern SERIES_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]{0,199}");

    private static final List<Gauge> KNOWN = List.of(
            known(KV_CACHE_USAGE, Kind.RATIO, Engine::kvUsage),
            known("num_requests_running", Kind.COUNT, Engine::running),
            known("num_requests_waiting", Kind.COUNT, Engine::waiting),
            // Triton: a share of time, of each GPU
            new Gauge("nv_gpu_utilization", Kind.UTILIZATION, List.of(Source.of("nv_gpu_utilization"))));

    private Signals() {}

    /** Whether this can be the name of a signal: at most 200 characters of a Prometheus metric name. */
    public static boolean isName(String name) {
        return SERIES_NAME.matcher(name).matches();
    }

    /** The signal of this name with no options, see {@link #named(String, SignalOptions)}. */
    public static Signal named(String name) {
        return named(name, SignalOptions.NONE);
    }

    /**
     * The signal that has this name or alias; any other name is that gauge itself, its series and pods summed.
     *
     * @param options those that are not of this signal are not looked at
     * @throws IllegalArgumentException if {@link #isName} is false
     */
    public static Signal named(String name, SignalOptions options) {
        if (!isName(name)) {
            throw new IllegalArgumentException("metric = \"" + name + "\", must be a Prometheus metric name");
        }
        if (name.equals(ServingLoad.NAME)) {
            return new ServingLoad(options.maxRunning());
        }
        return KNOWN.stream()
                .filter(signal -> signal.seriesNames().contains(name))
                .<Signal>map(signal -> signal)
                .findFirst()
                .orElseGet(() -> new Gauge(name, Kind.COUNT, List.of(Source.of(name))));
    }

    /** What all engines call it, in their order. */
    private static Gauge known(String name, Kind kind, Function<Engine, Gauge> gauge) {
        return new Gauge(
                name,
                kind,
                Engine.ALL.stream()
                        .flatMap(engine -> gauge.apply(engine).sources().stream())
                        .toList());
    }
}
