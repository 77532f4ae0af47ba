package io.nimscaler.app;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall clock at the start of this process, moved forward by the monotonic clock. So a change of the wall clock ages no
 * sample and empties no window.
 */
final class MonotonicClock implements InstantSource {

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
