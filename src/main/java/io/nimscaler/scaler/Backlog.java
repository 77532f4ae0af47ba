package io.nimscaler.scaler;

import io.nimscaler.signal.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * How far back the load goes of which a fleet's level tells. A request that took long came that much earlier. While a queue drains, the
 * level falls. Then it still tells of what came before: requests that come now wait for those that are ahead of them, and say nothing of
 * the replicas that there are. So while it falls, the load is that from which it began to fall.
 *
 * <p>Not thread-safe.
 */
final class Backlog {

    /** It falls if it loses this share within the signal's window. Then the queue is gone within about five. */
    private static final double LOST = .2;

    /** A level that rises by more than this share does not fall. */
    private static final double RISEN = .1;

    private final Signal signal;
    private Instant began = Instant.MAX;
    private Instant lowestAt = Instant.MAX;
    private double lowest;

    Backlog(Signal signal) {
        this.signal = signal;
    }

    /**
     * @param level what the fleet is at now; empty: it adds up, or too little was observed to say
     * @return the moment at which the load began
     */
    Instant beganAt(OptionalDouble level, Instant now) {
        Duration lookback = signal.lookback(level);
        Instant arrived = now.minus(lookback);
        if (level.isEmpty()) {
            return arrived;
        }
        double present = level.getAsDouble();
        boolean fell = began.isBefore(now)
                && present <= (1 + RISEN) * lowest
                && !lowestAt.plus(signal.window()).isBefore(now);
        if (!fell) {
            began = arrived;
        }
        if (!fell || present <= (1 - LOST) * lowest) {
            lowest = present;
            lowestAt = now;
        }
        return began.isBefore(arrived) ? began : arrived;
    }
}
