package io.nimscaler.signal;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The name of a signal for people.
 *
 * @param title begins with a capital, such as {@code KV-cache usage}
 * @param unit of one pod's value
 */
public record SignalLabel(String title, Unit unit) {

    /** What a number of the signal counts. */
    public enum Unit {
        /** Of what one pod has, 1 is all of it. */
        SHARE,
        REQUESTS,
        SECONDS,
        PER_SECOND,
        /** Nobody says. */
        NONE;

        /** The value of {@code unit} in REST. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Map<String, String> GPU_FIELDS = Map.of(
            "DCGM_FI_DEV_GPU_UTIL", "GPU utilization",
            "DCGM_FI_DEV_MEM_COPY_UTIL", "GPU memory copy utilization",
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "GPU engine activity",
            "DCGM_FI_PROF_SM_ACTIVE", "GPU SM activity",
            "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "GPU tensor core activity",
            "DCGM_FI_PROF_DRAM_ACTIVE", "GPU memory activity",
            "DCGM_FI_DEV_FB_USED", "GPU memory in use");

    private static final Map<String, String> LATENCIES = Map.of(
            "time_to_first_token_seconds", "Time to first token",
            "time_per_output_token_seconds", "Time per output token",
            "e2e_request_latency_seconds", "Request latency");

    /** A signal without a better name has its own name. */
    public static SignalLabel of(Signal signal) {
        return switch (signal) {
            case Gauge gauge -> ofGauge(gauge);
            case ServingLoad _ -> new SignalLabel("Serving load", Unit.SHARE);
            case CounterRate rate -> new SignalLabel("Rate of " + rate.counter(), Unit.PER_SECOND);
            case GpuUsage gpu -> new SignalLabel(GPU_FIELDS.getOrDefault(gpu.name(), gpu.name()), Unit.SHARE);
            case Latency latency ->
                new SignalLabel(
                        LATENCIES.getOrDefault(latency.name(), latency.name()) + " (" + quantile(latency.quantile())
                                + ")",
                        latency.name().endsWith("_seconds") ? Unit.SECONDS : Unit.NONE);
        };
    }

    private static SignalLabel ofGauge(Gauge gauge) {
        return switch (gauge.name()) {
            case Signals.KV_CACHE_USAGE -> new SignalLabel("KV-cache usage", Unit.SHARE);
            case Signals.REQUESTS_RUNNING -> new SignalLabel("Running requests", Unit.REQUESTS);
            case Signals.REQUESTS_WAITING -> new SignalLabel("Waiting requests", Unit.REQUESTS);
            case "nv_gpu_utilization" -> new SignalLabel("GPU utilization", Unit.SHARE);
            default -> new SignalLabel(gauge.name(), gauge.kind().isRatio() ? Unit.SHARE : Unit.NONE);
        };
    }

    /** For example {@code p95}. */
    private static String quantile(OptionalDouble quantile) {
        if (quantile.isEmpty()) {
            return "mean";
        }
        double percent = Math.rint(quantile.getAsDouble() * 1000) / 10;
        return "p" + (percent == Math.rint(percent) ? String.valueOf((long) percent) : String.valueOf(percent));
    }
}
