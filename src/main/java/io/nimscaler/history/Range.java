package io.nimscaler.history;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How a number moved within a minute. All three are finite and at least 0.
 *
 * @param mean over the decisions that knew it
 */
public record Range(double lowest, double mean, double highest) {

    /** What is kept of a number: a two-thousandth of it at most is lost. */
    private static final MathContext KEPT = new MathContext(4);

    public Range {
        if (!(lowest >= 0 && lowest <= mean && mean <= highest && highest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("[" + lowest + ", " + mean + ", " + highest
                    + "]: expected lowest, mean and highest, at least 0 and in order");
        }
    }

    /** Of what did not move. */
    public static Range of(double value) {
        return new Range(value, value, value);
    }

    public boolean isConstant() {
        return lowest == highest;
    }

    /** With four significant digits. */
    static double kept(double value) {
        return new BigDecimal(value).round(KEPT).doubleValue();
    }
}
