package io.nimscaler.window;

import java.time.Duration;
import java.time.Instant;

/**
 * A bounded number of something in a minute. What is over the bound is counted, so that it can be reported. A minute begins with
 * the first request after the last minute is over, or when the clock was set back behind its beginning.
 */
public final class MinuteBudget {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int most;
    private Instant began = Instant.MIN;
    private int taken;
    private int leftOut;
    private int leftOutBefore;

    /**
     * @param most at least 1
     */
    public MinuteBudget(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most = " + most + ", must be at least 1");
        }
        this.most = most;
    }

    /** Takes one, if this minute has one left. */
    public boolean take(Instant now) {
        if (now.isBefore(began) || !now.isBefore(began.plus(MINUTE))) {
            began = now;
            leftOutBefore += leftOut;
            taken = 0;
            leftOut = 0;
        }
        if (taken == most) {
            leftOut++;
            return false;
        }
        taken++;
        return true;
    }

    /** How many there were none for, in the minutes that are over; each is told once. */
    public int leftOut() {
        int told = leftOutBefore;
        leftOutBefore = 0;
        return told;
    }
}
