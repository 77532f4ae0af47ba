package io.nimscaler.signal;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a user may say of a signal besides its name.
 *
 * @param maxRunning how many requests one pod works on at once, for {@link ServingLoad}
 * @param window over which rates and latencies are taken
 * @param quantile of a latency, in (0, 1); empty: the mean
 */
public record SignalOptions(OptionalInt maxRunning, Duration window, OptionalDouble quantile) {

    /** Nothing said. */
    public static final SignalOptions NONE =
            new SignalOptions(OptionalInt.empty(), Duration.ofMinutes(1), OptionalDouble.empty());
}
