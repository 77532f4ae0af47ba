package io.nimscaler.signal;

import java.time.Instant;

/**
 * One pod's value of a signal.
 *
 * @param value finite, not negative
 * @param readAt when it was read; the body's own timestamp where that is earlier
 */
public record Sample(double value, Instant readAt) {

    public Sample {
        if (!Double.isFinite(value) || value < 0) {
            throw new IllegalArgumentException("value = " + value + ", must be finite and at least 0");
        }
    }
}
