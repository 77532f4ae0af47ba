package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How long requests took from end to end, as engines have counted it since they started. Immutable.
 *
 * <p>It needs no earlier scrape: a pod that is read for the first time tells as much as any other.
 */
public final class RequestTimes {

    private static final Latency P99 = new Latency(
            Signals.REQUEST_LATENCY,
            OptionalDouble.of(.99),
            Duration.ofMinutes(1),
            Signals.histogramsOf(Signals.REQUEST_LATENCY));

    /** The names that a reader must keep. */
    public static final Set<String> SERIES_NAMES =
            P99.histograms().stream().map(name -> name + "_bucket").collect(Collectors.toUnmodifiableSet());

    private final Histogram histogram;

    private RequestTimes(Histogram histogram) {
        this.histogram = histogram;
    }

    /**
     * What a pod says of all its models.
     *
     * @param body the series of {@link #SERIES_NAMES}, and possibly others
     * @return empty: it does not say, or what it says can not be
     */
    public static Optional<RequestTimes> of(List<SampleLine> body) {
        return new LatencyOfPod(P99, Optional.empty()).sinceItStarted(body).map(RequestTimes::new);
    }

    /** Both together. */
    public RequestTimes plus(RequestTimes other) {
        return new RequestTimes(histogram.plus(other.histogram));
    }

    /** How many requests. */
    public double requests() {
        return histogram.count();
    }

    /**
     * What the 99th percentile in seconds is at least: the lower bound of its bucket, for where in it the requests lie is not known. Empty: too
     * few requests (less than 100) say nothing of it.
     */
    public OptionalDouble p99AtLeast() {
        return requests() < P99.leastObservations() ? OptionalDouble.empty() : histogram.leastQuantile(.99);
    }
}
