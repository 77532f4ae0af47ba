package io.nimscaler.signal;

/**
 * How a pod has worked, so that a fleet's can be added up.
 *
 * @param batch what its intervals say of the cost of the batch
 * @param batchInParts the same, where each interval is compared with those of its own part of the time only
 * @param counts it says what it completes
 * @param tooEarly it was not watched for long enough to say how fast it works
 * @param young it was not watched for a whole flow window yet
 * @param watched for so much of a flow window it was watched, from 0 to 1
 * @param tokens generated a second; NaN: not known
 * @param completed requests a second; NaN: not known
 * @param tokensGrown what {@code tokens} came to within all that is remembered
 * @param promptsGrown tokens of prompts that were read within all that is remembered
 * @param completedGrown requests that were completed within all that is remembered
 * @param comparable {@code completedGrown} is known, and of as long a time as that of another pod that is comparable
 * @param queueGrowth requests a second by which its queue grows; negative where requests are taken from it faster than they come. What left it without being worked
 *     on does not count
 * @param queueStands requests waited at each scrape: it is as full as it can be, whatever else it says
 * @param still it has requests, and for a whole flow window nothing that it says changed, while it counts its tokens
 * @param lately how full it was
 * @param runningLimit how many ran while others waited all the time, and not for the KV cache; 0: none did
 */
record Pace(
        Batch batch,
        Batch batchInParts,
        boolean counts,
        boolean tooEarly,
        boolean young,
        double watched,
        double tokens,
        double completed,
        double tokensGrown,
        double promptsGrown,
        double completedGrown,
        boolean comparable,
        double queueGrowth,
        boolean queueStands,
        boolean still,
        Lately lately,
        double runningLimit) {

    /**
     * What it said on average, exponentially smoothed.
     *
     * @param kvUsage used share of the KV cache
     * @param running requests it worked on
     * @param waiting requests in its queue
     */
    record Lately(double kvUsage, double running, double waiting) {

        /** Of a pod that does not say what runs; {@link PodValue.Work#lately} takes its present values instead. */
        static final Lately UNKNOWN = new Lately(0, 0, 0);

        /**
         * With what it says now.
         *
         * @param kept the part of what it said before that still counts, from 0 to 1
         */
        Lately with(double kept, double kvUsageNow, double runningNow, double waitingNow) {
            return new Lately(
                    kvUsageNow + kept * (kvUsage - kvUsageNow),
                    runningNow + kept * (running - runningNow),
                    waitingNow + kept * (waiting - waitingNow));
        }
    }

    /**
     * What intervals say of x = ln(requests running), y = ln(seconds from one token to the next), and z, which is x as the scrapes that y
     * is taken of saw it. All but the first are sums over the intervals.
     *
     * @param intervals how many
     * @param variance of x: squared deviations from the mean
     * @param middle the mean of x, weighted by the variance: about this x the intervals show a slope
     * @param covariance of x and y
     * @param variationSeenTwice of x and z: the part of the variance that is no chance of the moments of the scrapes
     * @param thirdMoment of x: cubed deviations from the mean
     */
    record Batch(
            int intervals,
            double variance,
            double middle,
            double covariance,
            double variationSeenTwice,
            double thirdMoment) {

        static final Batch UNKNOWN = new Batch(0, 0, 0, 0, 0, 0);

        /** Both, each of them compared with its own mean only. */
        Batch plus(Batch other) {
            return new Batch(
                    intervals + other.intervals,
                    variance + other.variance,
                    middle + other.middle,
                    covariance + other.covariance,
                    variationSeenTwice + other.variationSeenTwice,
                    thirdMoment + other.thirdMoment);
        }
    }

    static final Pace UNKNOWN = new Pace(
            Batch.UNKNOWN,
            Batch.UNKNOWN,
            false,
            true,
            true,
            0,
            Double.NaN,
            Double.NaN,
            0,
            0,
            0,
            false,
            0,
            false,
            false,
            Lately.UNKNOWN,
            0);
}
