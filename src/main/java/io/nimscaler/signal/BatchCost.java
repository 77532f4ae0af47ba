package io.nimscaler.signal;

import static io.nimscaler.signal.QueueFlow.ENOUGH_COMPLETED;

import java.util.List;
import java.util.function.Function;

/**
 * b / a of a fleet, where a token takes a + b · r while r requests run: by how much one more request makes a token's time longer, over
 * that of a request alone. It is learned by how much the time of a token (running / tokens a second) grew with the batch within the last
 * half hour, in each pod ({@link BatchHistory}): a slow pod has more requests at once than a fast one, which is no cost of its batch. It lies
 * between two bounds, which come closer with evidence: doubt says that the batch costs nothing, and that it costs the most.
 *
 * <p>Other requests, of which fewer run, may have tokens that take longer. Compared with those before, they would hide the cost of the batch.
 * So the upper bound is never below what the parts of the half hour show at least, where each is compared with itself only.
 *
 * <p>Where pods are read more rarely than their batch changes, it is chance what a scrape sees. Such chance has no slope, and would look
 * like a proof that the batch costs nothing. So for the upper bound only that counts as evidence which the other half of an interval's
 * scrapes saw, too, beyond what chance makes alike; the pods of one fleet go up and down together, so its intervals are those of one pod.
 */
final class BatchCost {

    /** So much variance of ln(running), summed over intervals, weighs as much as knowing nothing. */
    private static final double DOUBT = 1;

    /** One more request makes a token longer by so much of the time that it takes alone, at most, while nothing else was learned. */
    private static final double MOST_COST = 0.1;

    /** What both halves of the scrapes saw vary alike counts so many times: where it is a third of what one half saw, that counts in full. */
    private static final double ENOUGH_SEEN_TWICE = 3;

    private static final double MOST_SLOPE = 0.95;

    /** In ln r: nearer to each other two batches are one, and further from each other nobody has them. */
    private static final double LEAST_APART = 0.01;

    private static final double MOST_APART = 12;
    private static final double MOST_MIDDLE = 30;

    private double atLeast;

    /** Of what was not seen yet it is not known that it is nothing. */
    private double atMost = MOST_COST;

    /** From pods that were just read, at least one. */
    void learn(List<PodValue.Work> pods) {
        if (pods.stream().allMatch(pod -> pod.pace().batch().intervals() == 0)) {
            // The most would keep the replicas of such an engine for ever
            atMost = pods.stream().anyMatch(pod -> !pod.pace().tooEarly())
                            && pods.stream().allMatch(BatchCost::neverSays)
                    ? 0
                    : MOST_COST;
            return;
        }
        Evidence all = Evidence.of(pods, Pace::batch);
        atLeast = all.atLeast();
        atMost = Math.max(all.atMost(), Evidence.of(pods, Pace::batchInParts).atLeast());
    }

    /**
     * What is seen of the batches of pods.
     *
     * @param two the line goes through them
     * @param variance of ln(running), summed over intervals
     * @param seenTwice so much of it is more than chance
     * @param covariance of ln(seconds of a token)
     */
    private record Evidence(TwoBatches two, double variance, double seenTwice, double covariance) {

        /** Of one pod at least. */
        static Evidence of(List<PodValue.Work> pods, Function<Pace, Pace.Batch> seen) {
            Pace.Batch all = Pace.Batch.UNKNOWN;
            int intervals = 0;
            for (PodValue.Work pod : pods) {
                Pace.Batch batch = seen.apply(pod.pace());
                all = all.plus(batch);
                intervals = Math.max(intervals, batch.intervals());
            }
            double variance = all.variance();
            double middle = variance > 0 ? all.middle() / variance : 0;
            double skew = variance > 0 ? all.thirdMoment() / variance : 0;
            double chance = variance / Math.sqrt(intervals);
            return new Evidence(
                    TwoBatches.of(middle + skew / 2, Math.sqrt(skew * skew + 4 * variance / all.intervals())),
                    variance,
                    Math.clamp(ENOUGH_SEEN_TWICE * (all.variationSeenTwice() - chance), 0, variance),
                    all.covariance());
        }

        double atLeast() {
            return two.costOf(covariance / (variance + DOUBT));
        }

        double atMost() {
            return two.costOf((Math.max(0, covariance) + DOUBT * two.slopeOf(MOST_COST)) / (seenTwice + DOUBT));
        }
    }

    /**
     * Two numbers of running requests whose ln have the mean, the variance and the third moment of what was seen. The slope of ln t over
     * ln r is that between these two: while a pod is quiet the line is much flatter, and while it is full much steeper.
     *
     * @param few the smaller one
     * @param ratio the larger one over the smaller
     * @param apart ln of the ratio, more than 0
     */
    private record TwoBatches(double few, double ratio, double apart) {

        static TwoBatches of(double middle, double apart) {
            double bounded = Math.clamp(apart, LEAST_APART, MOST_APART);
            return new TwoBatches(Math.exp(Math.min(MOST_MIDDLE, middle) - bounded / 2), Math.exp(bounded), bounded);
        }

        /** b / a of the straight line t = a + b · r that goes through both. */
        double costOf(double slope) {
            double rise = Math.exp(apart * Math.clamp(slope, 0, MOST_SLOPE));
            return (rise - 1) / (ratio - rise) / few;
        }

        double slopeOf(double cost) {
            return Math.log((1 + cost * few * ratio) / (1 + cost * few)) / apart;
        }
    }

    /** The engine has no counter of tokens, or it generates none: that of embeddings completes requests without any. */
    private static boolean neverSays(PodValue.Work pod) {
        Pace pace = pod.pace();
        return Double.isNaN(pace.tokens()) || (pace.tokensGrown() == 0 && pace.completedGrown() >= ENOUGH_COMPLETED);
    }

    double atLeast() {
        return atLeast;
    }

    double atMost() {
        return atMost;
    }

    /** e: the share of a token's time that the batch costs, while so many requests run. */
    static double shareOf(double cost, double running) {
        return cost * running / (1 + cost * running);
    }
}
