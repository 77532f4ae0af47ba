package io.nimscaler.signal;

import io.nimscaler.exposition.Series;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * In which share (0 to 1) the GPUs of a pod are in use, as NVIDIA's DCGM exporter on the pod's node says: the mean of the pod's
 * GPUs, and a level of the fleet.
 *
 * <p>Where DCGM has no value it may say so by a number
 * (<a href="https://github.com/NVIDIA/DCGM/blob/master/dcgmlib/dcgm_structs.h">dcgm_structs.h</a>, {@code DCGM_INT32_BLANK} and those
 * above it). That is no utilization: a pod with such a GPU has no sample. Nor has one with a number that cannot be
 * (<a href="https://github.com/NVIDIA/DCGM/issues/199">DCGM 199</a>).
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

    private Measurement measure(List<Series> body, Instant readAt) {
        List<Series> own = named(body, name).toList();
        if (own.isEmpty()) {
            return new NoMetric("no series " + name + " of this pod at the exporter on its node");
        }
        List<Series> shares = new ArrayList<>();
        for (Series series : own) {
            Optional<Measurement> wrong = whatIsWrong(series, body);
            if (wrong.isPresent()) {
                return wrong.get();
            }
            shares.add(new Series(name, series.labels(), share(series, body), series.timestampMillis()));
        }
        return new Gauge(name, Gauge.Kind.UTILIZATION, List.of(Source.of(name)))
                .measure(shares, Optional.empty(), readAt);
    }

    private Optional<Measurement> whatIsWrong(Series series, List<Series> body) {
        Stream<Series> looked = unit == Unit.MEMORY ? ofSameGpu(series, body) : Stream.of(series);
        Optional<Measurement> blank = looked.filter(one -> one.value() >= LEAST_BLANK)
                .<Measurement>map(one -> new BadValue(one.name() + " = " + one.value() + ", DCGM has no value"))
                .findFirst();
        if (blank.isPresent()) {
            return blank;
        }
        return switch (unit) {
            case PERCENT ->
                series.value() > MOST_PERCENT
                        ? Optional.of(new BadValue(name + " = " + series.value() + ", expected at most 100"))
                        : Optional.empty();
            case SHARE -> Optional.empty();
            case MEMORY ->
                memory(MEMORY_FREE, series, body).isEmpty()
                        ? Optional.of(new NoMetric("no series " + MEMORY_FREE + " beside " + name))
                        : Optional.empty();
        };
    }

    /** NaN where there is neither used nor free memory, which is then no good value. */
    private double share(Series series, List<Series> body) {
        return switch (unit) {
            case PERCENT -> series.value() / 100;
            case SHARE -> series.value();
            case MEMORY -> {
                double free = memory(MEMORY_FREE, series, body).orElseThrow();
                double reserved = memory(MEMORY_RESERVED, series, body).orElse(0);
                yield series.value() / (series.value() + free + reserved);
            }
        };
    }

    private static OptionalDouble memory(String metric, Series used, List<Series> body) {
        return ofSameGpu(used, body)
                .filter(one -> one.name().equals(metric))
                .mapToDouble(Series::value)
                .findFirst();
    }

    /** The exporter writes the same labels for each field of a GPU. */
    private static Stream<Series> ofSameGpu(Series series, List<Series> body) {
        return body.stream().filter(one -> one.labels().equals(series.labels()));
    }

    private static Stream<Series> named(List<Series> body, String name) {
        return body.stream().filter(series -> series.name().equals(name));
    }
}
