package io.nimscaler.window;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How much of the time between two readings was observed. */
public final class ObservedTime {

    private ObservedTime() {}

    /**
     * What is longer than {@code mostAtOnce} was not observed, for the process stood still. A clock that goes back counts as no time.
     *
     * @param before the reading before; empty: there was none, and no time was observed
     */
    public static Duration between(Optional<Instant> before, Instant now, Duration mostAtOnce) {
        Duration elapsed = Duration.between(before.orElse(now), now);
        if (elapsed.isNegative()) {
            return Duration.ZERO;
        }
        return elapsed.compareTo(mostAtOnce) > 0 ? mostAtOnce : elapsed;
    }
}
