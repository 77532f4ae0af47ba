package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The share (0 to 1) in which the GPUs of a pod are in use, by NVIDIA's DCGM exporter on the pod's node: the mean of the pod's
 * GPUs. It is a level of the fleet.
 *
 * <p>If DCGM has no value, it may show a special number (<a
 * href="https://github.com/NVIDIA/DCGM/blob/master/dcgmlib/dcgm_structs.h">dcgm_structs.h</a>, {@code DCGM_INT32_BLANK} and
 * those above it). That is no utilization, so a pod with such a GPU has no sample. A pod with an impossible number has none
 * either (<a href="https://github.com/NVIDIA/DCGM/issues/199">DCGM 199</a>).
 *
 * @param name the field's name, as the exporter has it
 */
public record GpuUsage(String name, Unit unit) implements Signal {

    /** What the field's numbers mean. */
    public enum Unit {
        /** 0 to 100. */
        PERCENT,
        /** 0 to 1. */
        SHARE,
        /** Used memory, beside which stand the free and the reserved one. */
        MEMORY
    }

    private static final String MEMORY_FREE = "DCGM_FI_DEV_FB_FREE";
    private static final String MEMORY_RESERVED = "DCGM_FI_DEV_FB_RESERVED";

    private static final Map<String, Unit> KNOWN = Map.of(
            "DCGM_FI_DEV_GPU_UTIL", Unit.PERCENT,
            "DCGM_FI_DEV_MEM_COPY_UTIL", Unit.PERCENT,
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE", Unit.SHARE,
            "DCGM_FI_PROF_SM_ACTIVE", Unit.SHARE,
            "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", Unit.SHARE,
            "DCGM_FI_PROF_DRAM_ACTIVE", Unit.SHARE,
            "DCGM_FI_DEV_FB_USED", Unit.MEMORY);

    /** {@code DCGM_INT32_BLANK}; the blanks of the wider types are greater. No memory in MiB is anywhere near. */
    private static final double LEAST_BLANK = 0x7ffffff0;

    private static final double MOST_PERCENT = 105;

    /** The field of this name; empty: it is none of those that say how much is in use. */
    static Optional<GpuUsage> named(String name) {
        return Optional.ofNullable(KNOWN.get(name)).map(unit -> new GpuUsage(name, unit));
    }

    @Override
    public boolean isAdditive() {
        return false;
    }

    @Override
    public boolean saturatesAtOne() {
        return true;
    }

    @Override
    public boolean isOfGpus() {
        return true;
    }

    @Override
    public List<String> seriesNames() {
        return unit == Unit.MEMORY ? List.of(name, MEMORY_FREE, MEMORY_RESERVED) : List.of(name);
    }

    /**
     * @param modelName not looked at, for the exporter knows of no models
     */
    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return this::measure;
    }

    @Override
    public FleetSignal ofFleet() {
        return new MeanOfPods();
    }

    private Measurement measure(List<SampleLine> body, Instant readAt) {
        List<String> names = seriesNames();
        Optional<SampleLine> blank = body.stream()
                .filter(series -> names.contains(series.name()) && series.value() >= LEAST_BLANK)
                .findFirst();
        if (blank.isPresent()) {
            return new BadValue(blank.get().name() + " = " + blank.get().value() + ", DCGM has no value");
        }
        List<SampleLine> own =
                body.stream().filter(series -> series.name().equals(name)).toList();
        return switch (unit) {
            case PERCENT -> measurePercent(own, readAt);
            case SHARE -> mean(own, readAt);
            case MEMORY -> measureMemory(own, body, readAt);
        };
    }

    private Measurement measurePercent(List<SampleLine> percent, Instant readAt) {
        return percent.stream()
                .filter(series -> series.value() > MOST_PERCENT)
                .findFirst()
                .<Measurement>map(series -> new BadValue(name + " = " + series.value() + ", expected at most 100"))
                .orElseGet(() -> mean(
                        percent.stream()
                                .map(series -> share(series, series.value() / 100))
                                .toList(),
                        readAt));
    }

    /** Where there is neither used nor free memory its share is NaN, which is no good value. */
    private Measurement measureMemory(List<SampleLine> used, List<SampleLine> body, Instant readAt) {
        for (String other : List.of(MEMORY_FREE, MEMORY_RESERVED)) {
            Optional<BadValue> twice = twoValues(other, body);
            if (twice.isPresent()) {
                return twice.get();
            }
        }
        Map<Map<String, String>, Double> free = byGpu(MEMORY_FREE, body);
        Map<Map<String, String>, Double> reserved = byGpu(MEMORY_RESERVED, body);
        List<SampleLine> shares = new ArrayList<>();
        for (SampleLine series : used) {
            Double itsFree = free.get(series.labels());
            if (itsFree == null) {
                return new NoMetric("no series " + MEMORY_FREE + " beside " + name);
            }
            double all = series.value() + itsFree + reserved.getOrDefault(series.labels(), 0d);
            shares.add(share(series, series.value() / all));
        }
        return mean(shares, readAt);
    }

    /** The exporter writes the same labels for each field of a GPU. */
    private static Map<Map<String, String>, Double> byGpu(String metric, List<SampleLine> body) {
        Map<Map<String, String>, Double> values = new HashMap<>();
        body.stream()
                .filter(series -> series.name().equals(metric))
                .forEach(series -> values.put(series.labels(), series.value()));
        return values;
    }

    private static Optional<BadValue> twoValues(String metric, List<SampleLine> body) {
        Map<Map<String, String>, Double> values = byGpu(metric, body);
        return body.stream()
                .filter(series -> series.name().equals(metric) && isOther(values, series))
                .findFirst()
                .map(series ->
                        SeriesSelector.twoValues(metric, series.value(), values.getOrDefault(series.labels(), 0d)));
    }

    private static boolean isOther(Map<Map<String, String>, Double> values, SampleLine series) {
        return values.getOrDefault(series.labels(), Double.NaN) != series.value();
    }

    private static SampleLine share(SampleLine series, double share) {
        return new SampleLine(series.name(), series.labels(), share, series.timestampMillis());
    }

    private Measurement mean(List<SampleLine> shares, Instant readAt) {
        return shares.isEmpty()
                ? new NoMetric("no series " + name + " of this pod at the exporter on its node")
                : Gauge.ofEngine(name, Gauge.Kind.UTILIZATION, List.of(SeriesSelector.of(name)))
                        .measure(shares, Optional.empty(), readAt);
    }
}
