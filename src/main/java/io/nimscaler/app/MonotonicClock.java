package io.nimscaler.app;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall clock of this process's start, from then on moved by the monotonic one: a wall clock that is set forth or back
 * while the process runs ages no sample and empties no window.
 */
final class MonotonicClock implements InstantSource {

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
