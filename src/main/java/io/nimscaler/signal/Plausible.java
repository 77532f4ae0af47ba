package io.nimscaler.signal;

import java.util.Optional;

/**
 * The highest numbers that a body may have. Above them sums and products may be infinite, and small values are lost in sums over
 * time.
 */
final class Plausible {

    /** A gauge, a number of observations, a sum of seconds: T is at most a million, and no fleet has a billion replicas. */
    static final double MOST = 1e15;

    /** What a counter of 64 bits holds, rounded up. Bytes over a fast network are more than {@link #MOST} within hours. */
    private static final double MOST_COUNTED = 1e20;

    private Plausible() {}

    /** What is wrong with a value as the end of a sentence; empty: it can be. */
    static Optional<String> objection(double value) {
        return objection(value, MOST);
    }

    /** The same of a counter as it stands in the body. */
    static Optional<String> objectionToCounter(double value) {
        return objection(value, MOST_COUNTED);
    }

    private static Optional<String> objection(double value, double most) {
        if (!Double.isFinite(value)) {
            return Optional.of("expected a finite number");
        }
        if (value < 0) {
            return Optional.of("expected at least 0");
        }
        return value > most ? Optional.of("expected at most " + most) : Optional.empty();
    }
}
