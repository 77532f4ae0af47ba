package io.nimscaler.signal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A quantile, or the mean, of what a histogram observed within a sliding window. It is a level. That of the fleet is taken over
 * all its pods' observations. It is not the mean of their quantiles.
 *
 * <p>Too few observations give no value. There must be at least 10, and so many that one is expected on either side of the
 * quantile (20 for 0.95). There are three exceptions, so that no fleet is kept for ever. If all pods say that they are idle, the
 * fleet is at 0, because no request waits. If all pods together observed fewer than 10 in a whole window and say how many requests
 * run and wait, the fleet needs no more replicas than it has requests: it is at T · requests / replicas, at most at T, and at least
 * where one replica is left. If they observed 10 or more, and too few for the quantile, it is at the quantile that so many can tell,
 * at most at T: it allows fewer replicas, and never asks for more.
 *
 * @param name the name that a user knows it by
 * @param quantile in (0, 1); empty: the mean
 * @param histograms names without {@code _bucket}, most preferred first; the first present counts
 */
public record Latency(String name, OptionalDouble quantile, Duration window, List<String> histograms)
        implements Signal {

    private static final double LEAST_OBSERVATIONS = 10;

    private static final String IN_SECONDS = "_seconds";

    /** No request is waited for longer, in seconds: a larger number is no time that one took. */
    private static final double LONGEST = 3600;

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

    /** It stays low until a fleet is full. */
    @Override
    public boolean stepsDown() {
        return true;
    }

    /** A histogram that is not in seconds does not say how long its requests took. */
    @Override
    public Duration lookback(OptionalDouble level) {
        double took = name.endsWith(IN_SECONDS) ? Math.clamp(level.orElse(0), 0, LONGEST) : 0;
        return window.plusMillis((long) (took * 1000));
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

    /** The quantile that so many observations can tell and that is nearest to the wanted one: one is expected on either side of it. */
    private OptionalDouble tellable(Histogram few) {
        double share = 1 / few.count();
        return quantile.isPresent()
                ? few.quantile(Math.clamp(quantile.getAsDouble(), share, 1 - share))
                : OptionalDouble.empty();
    }

    private final class OfFleet implements FleetSignal {

        private OptionalDouble target = OptionalDouble.empty();
        private int wanted;

        @Override
        public void aimAt(double targetValue, int wantedReplicas) {
            target = OptionalDouble.of(targetValue);
            wanted = wantedReplicas;
        }

        @Override
        public OptionalDouble valueOf(PodValue pod) {
            return histogram(pod).map(Latency.this::valueOf).orElse(OptionalDouble.empty());
        }

        /** A pod that observed nothing has no say in the buckets either. */
        @Override
        public OptionalDouble level(Collection<PodValue> fresh) {
            if (!fresh.isEmpty() && fresh.stream().allMatch(OfFleet::isIdle)) {
                return OptionalDouble.of(0);
            }
            Optional<Histogram> observed = fresh.stream()
                    .flatMap(pod -> histogram(pod).stream())
                    .filter(histogram -> histogram.count() > 0)
                    .reduce(Histogram::plus);
            OptionalDouble level = observed.map(Latency.this::valueOf).orElse(OptionalDouble.empty());
            return level.isPresent() ? level : ofFew(fresh, observed);
        }

        /** At most T. Empty: it is not known what the pods work on, or since when. */
        private OptionalDouble ofFew(Collection<PodValue> fresh, Optional<Histogram> observed) {
            List<OptionalDouble> atWork = fresh.stream().map(OfFleet::atWork).toList();
            if (target.isEmpty()
                    || wanted < 1
                    || atWork.isEmpty()
                    || atWork.stream().anyMatch(OptionalDouble::isEmpty)) {
                return OptionalDouble.empty();
            }
            double observations = observed.map(Histogram::count).orElse(0.0);
            if (observations >= LEAST_OBSERVATIONS) {
                return observed.map(Latency.this::tellable).orElse(OptionalDouble.empty()).stream()
                        .map(level -> Math.min(level, target.getAsDouble()))
                        .findFirst();
            }
            double requests =
                    atWork.stream().mapToDouble(OptionalDouble::getAsDouble).sum();
            return OptionalDouble.of(target.getAsDouble() * Math.clamp(Math.max(1, requests) / wanted, 0, 1));
        }

        private static boolean isIdle(PodValue pod) {
            return pod instanceof PodValue.Observations observations && observations.isIdle();
        }

        private static OptionalDouble atWork(PodValue pod) {
            return pod instanceof PodValue.Observations(Histogram _, boolean _, OptionalDouble requests)
                    ? requests
                    : OptionalDouble.empty();
        }

        private static Optional<Histogram> histogram(PodValue pod) {
            return pod instanceof PodValue.Observations(Histogram histogram, boolean _, OptionalDouble _)
                    ? Optional.of(histogram)
                    : Optional.empty();
        }
    }
}
