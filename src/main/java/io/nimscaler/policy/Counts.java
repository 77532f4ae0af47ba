package io.nimscaler.policy;

/**
 * The pods of one reading by how they counted.
 *
 * @param sampled pods with a fresh sample that has a value
 * @param quiet pods that were read freshly and had too little to do for a value of their own
 * @param countedAsMean pods that were missing for so long that they count as the mean of the sampled ones
 * @param missing pods that are waited for
 * @param starting pods that start, without the stuck ones
 * @param stuck pods that have been starting for longer than {@code startingDeadline}
 */
public record Counts(int sampled, int quiet, int countedAsMean, int missing, int starting, int stuck) {

    static final Counts NO_POD = new Counts(0, 0, 0, 0, 0, 0);
}
