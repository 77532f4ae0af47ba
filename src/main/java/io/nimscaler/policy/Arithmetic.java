package io.nimscaler.policy;

/**
 * The intermediates of section 4 for one reading.
 *
 * @param sampled R in number; a pod that was missing for so long that it counts as the mean is among them
 * @param missing M in number
 * @param starting U in number, without the stuck ones
 * @param stuck pods that have been starting for longer than {@code startingDeadline}
 * @param mean of the sampled pods' values ({@code aggregationType: max}: the highest); 0 if there is none
 * @param lo ΣR: what the fleet carries at least, missing and starting pods counting as 0; less the {@code
 *     loadingCredit} of the starting
 * @param hi what it carries at most: a missing pod counts as max(T, its own last sample), a starting one is left out
 */
public record Arithmetic(int sampled, int missing, int starting, int stuck, double mean, double lo, double hi) {

    static Arithmetic withoutSamples(int missing, int starting, int stuck) {
        return new Arithmetic(0, missing, starting, stuck, 0, 0, 0);
    }
}
