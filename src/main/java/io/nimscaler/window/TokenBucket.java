package io.nimscaler.window;

import java.time.Duration;
import java.time.Instant;

/** A bounded number of something a second in the long run, and a bounded number at once after a quiet time. Not thread-safe. */
public final class TokenBucket {

    private final double perNano;
    private final double most;
    private double tokens;
    private Instant filledAt = Instant.MIN;

    /**
     * @param perSecond at least 1
     * @param atOnce at least 1; how many it holds when full, as it is in the beginning
     */
    public TokenBucket(int perSecond, int atOnce) {
        if (perSecond < 1 || atOnce < 1) {
            throw new IllegalArgumentException(
                    "perSecond = " + perSecond + ", atOnce = " + atOnce + ", must be at least 1");
        }
        this.perNano = perSecond / 1e9;
        this.most = atOnce;
        this.tokens = atOnce;
    }

    /** Takes one, if there is one. A clock that was set back fills nothing. */
    public boolean take(Instant now) {
        if (filledAt.equals(Instant.MIN)) {
            filledAt = now;
        } else if (now.isAfter(filledAt)) {
            // Where nothing was taken for long, its nanoseconds may be more than a long has
            double nanos = Duration.between(filledAt, now).toSeconds() > 1_000_000
                    ? Double.MAX_VALUE
                    : Duration.between(filledAt, now).toNanos();
            tokens = Math.min(most, tokens + nanos * perNano);
            filledAt = now;
        }
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
