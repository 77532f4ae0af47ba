package io.nimscaler.signal;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The options of a signal that a user may set.
 *
 * @param maxRunning how many requests one pod works on at once, for {@link ServingLoad}
 * @param window over which rates and latencies are taken
 * @param quantile of a latency, in (0, 1); empty: the mean
 * @param seriesAggregation how the series of a gauge become the pod's value; empty: as is right for its name
 */
public record SignalOptions(
        OptionalInt maxRunning,
        Duration window,
        OptionalDouble quantile,
        Optional<SeriesAggregation> seriesAggregation) {

    /** Nothing said. */
    public static final SignalOptions NONE =
            new SignalOptions(OptionalInt.empty(), Duration.ofMinutes(1), OptionalDouble.empty(), Optional.empty());

    /** These, and series put together as is right for their name. */
    public SignalOptions(OptionalInt maxRunning, Duration window, OptionalDouble quantile) {
        this(maxRunning, window, quantile, Optional.empty());
    }
}
