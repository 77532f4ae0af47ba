package io.nimscaler.policy;

/**
 * The intermediates of section 4 for one reading.
 *
 * @param sampled pods with a fresh sample that has a value
 * @param quiet pods that were read freshly and had too little to do for a value of their own
 * @param countedAsMean pods that were missing for so long that they count as the mean of the sampled ones
 * @param missing pods that are waited for
 * @param starting pods that start, without the stuck ones
 * @param stuck pods that have been starting for longer than {@code startingDeadline}
 * @param mean of the sampled pods' values ({@code aggregationType: max}: the highest), or the fleet's level; NaN where no pod says
 *     anything
 * @param lo what the fleet carries at least: ΣR, and T for each missing pod that was there or above it moments ago; other missing
 *     and starting pods count as 0; less the {@code loadingCredit} of the starting; NaN with {@code mean}
 * @param hi what it carries at most: a missing pod counts as max(T, its own last sample), a starting one is left out; NaN with
 *     {@code mean}
 */
public record Arithmetic(
        int sampled,
        int quiet,
        int countedAsMean,
        int missing,
        int starting,
        int stuck,
        double mean,
        double lo,
        double hi) {

    /** Of a fleet of which no pod says anything. */
    static Arithmetic withoutSamples(int quiet, int missing, int starting, int stuck) {
        return new Arithmetic(0, quiet, 0, missing, starting, stuck, Double.NaN, Double.NaN, Double.NaN);
    }

    /** Whether {@code mean}, {@code lo} and {@code hi} are known. */
    public boolean isCarriedKnown() {
        return !Double.isNaN(mean);
    }
}
