package io.nimscaler.policy;

/**
 * The demand of a fleet of which at least one pod gives data.
 *
 * @param mean of the sampled pods' values ({@code aggregationType: max}: the highest), or the fleet's level
 * @param atLeast ΣR, and T for each missing pod that was there or above it moments ago; other missing and starting pods count as
 *     0; less the {@code loadingCredit} of the starting
 * @param atMost a missing pod counts as max(T, its own last sample), a starting one is left out
 */
public record Carried(double mean, double atLeast, double atMost) {

    boolean isFinite() {
        return Double.isFinite(mean + atLeast + atMost);
    }
}
