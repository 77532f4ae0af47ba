package io.nimscaler.signal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A quantile, or the mean, of what a histogram observed within a sliding window; a level. The fleet's is that of all its pods'
 * observations, not the mean of their quantiles.
 *
 * <p>Too few observations say nothing: at least 10, and so many that one is expected on either side of the quantile (20 for
 * 0.95). Except where all pods say that they are idle: then the fleet is at 0, for nobody waits for anything.
 *
 * @param name the name that a user knows it by
 * @param quantile in (0, 1); empty: the mean
 * @param histograms names without {@code _bucket}, most preferred first; the first present counts
 */
public record Latency(String name, OptionalDouble quantile, Duration window, List<String> histograms)
        implements Signal {

    private static final double LEAST_OBSERVATIONS = 10;

    /** What tells a pod that is idle from one whose requests take long. */
    static final List<Signal> WORK =
            List.of(Signals.named(Signals.REQUESTS_RUNNING), Signals.named(Signals.REQUESTS_WAITING));

    public Latency {
        histograms = List.copyOf(histograms);
    }

    @Override
    public boolean isAdditive() {
        return false;
    }

    @Override
    public boolean saturatesAtOne() {
        return false;
    }

    @Override
    public List<String> seriesNames() {
        Stream<String> own = histograms.stream()
                .flatMap(histogram -> quantile.isPresent()
                        ? Stream.of(histogram + "_bucket")
                        : Stream.of(histogram + "_bucket", histogram + "_sum"));
        return Stream.concat(own, WORK.stream().flatMap(work -> work.seriesNames().stream()))
                .toList();
    }

    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return new LatencyOfPod(this, modelName);
    }

    @Override
    public FleetSignal ofFleet() {
        return new OfFleet();
    }

    double leastObservations() {
        double q = quantile.orElse(.5);
        return Math.max(LEAST_OBSERVATIONS, Math.ceil(1 / Math.min(q, 1 - q) - 1e-9));
    }

    private OptionalDouble valueOf(Histogram histogram) {
        if (histogram.count() < leastObservations()) {
            return OptionalDouble.empty();
        }
        return quantile.isPresent() ? histogram.quantile(quantile.getAsDouble()) : histogram.mean();
    }

    private final class OfFleet implements FleetSignal {

        @Override
        public OptionalDouble valueOf(PodValue pod) {
            return histogram(pod).map(Latency.this::valueOf).orElse(OptionalDouble.empty());
        }

        /** A pod that observed nothing has no say in the buckets either. */
        @Override
        public OptionalDouble level(Collection<PodValue> fresh) {
            if (!fresh.isEmpty()
                    && fresh.stream()
                            .allMatch(pod -> pod instanceof PodValue.Observations(Histogram _, boolean idle) && idle)) {
                return OptionalDouble.of(0);
            }
            return fresh.stream()
                    .flatMap(pod -> histogram(pod).stream())
                    .filter(histogram -> histogram.count() > 0)
                    .reduce(Histogram::plus)
                    .map(Latency.this::valueOf)
                    .orElse(OptionalDouble.empty());
        }

        private static Optional<Histogram> histogram(PodValue pod) {
            return pod instanceof PodValue.Observations(Histogram histogram, boolean _)
                    ? Optional.of(histogram)
                    : Optional.empty();
        }
    }
}
