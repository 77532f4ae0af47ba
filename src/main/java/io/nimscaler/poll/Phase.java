package io.nimscaler.poll;

import java.time.Duration;
import java.time.Instant;

/**
 * The moment within an interval at which each of many has its turn. It comes from a hash of the name. So the work spreads
 * evenly, and the moment is the same in every process, whenever it was started.
 */
public final class Phase {

    private final long spread;

    private Phase(long spread) {
        this.spread = spread;
    }

    /** Of what has this name. */
    public static Phase of(String name) {
        // Hash codes of names that differ in the last character only differ by little: a multiplicative mix
        return new Phase((name.hashCode() * 0x9E3779B97F4A7C15L) >>> 16);
    }

    /** Its first moment after {@code now}: never later than an interval from then. */
    public Instant next(Instant now, Duration interval) {
        long period = interval.toMillis();
        return now.plusMillis(period - Math.floorMod(now.toEpochMilli() - within(interval), period));
    }

    /** By how much it comes after the interval's beginning: less than the interval, in ms. */
    long within(Duration interval) {
        return Math.floorMod(spread, interval.toMillis());
    }
}
