package io.nimscaler.signal;

import static io.nimscaler.signal.QueueFlow.ENOUGH_COMPLETED;

import java.util.List;

/**
 * b / a of a fleet, where a token takes a + b · r while r requests run: by how much one more request makes a token's time longer, over
 * that of a request alone. It is learned by how much the time of a token (running / tokens a second) grew with the batch within the last
 * half hour, by all pods ({@link WorkHistory}). It lies between two bounds, which come closer with evidence: doubt says that the batch
 * costs nothing, and that it costs the most.
 */
final class BatchCost {

    /** So much variance of ln(running), summed over intervals, weighs as much as knowing nothing. */
    private static final double DOUBT = 1;

    /** One more request makes a token longer by so much of the time that it takes alone, at most, while nothing else was learned. */
    private static final double MOST_COST = 0.1;

    private static final double MOST_BATCH_SHARE = 0.95;

    private double atLeast;

    /** Of what was not seen yet it is not known that it is nothing. */
    private double atMost = MOST_COST;

    /** From pods that were just read, at least one. */
    void learn(List<PodValue.Work> pods) {
        Pace.Batch seen = Pace.Batch.UNKNOWN;
        for (PodValue.Work pod : pods) {
            seen = seen.plus(pod.pace().batch());
        }
        double n = seen.intervals();
        if (n == 0) {
            // The most would keep the replicas of such an engine for ever
            atMost = pods.stream().anyMatch(pod -> !pod.pace().tooEarly())
                            && pods.stream().allMatch(BatchCost::neverSays)
                    ? 0
                    : MOST_COST;
            return;
        }
        double evidence = Math.max(0, seen.xx() - seen.x() * seen.x() / n);
        double covariance = seen.xy() - seen.x() * seen.y() / n;
        double running = Math.exp(seen.x() / n);
        double doubtful = DOUBT * MOST_COST * running / (1 + MOST_COST * running);
        atLeast = costOf(covariance / (evidence + DOUBT), running);
        atMost = costOf((Math.max(0, covariance) + doubtful) / (evidence + DOUBT), running);
    }

    /** The engine has no counter of tokens, or it generates none: that of embeddings completes requests without any. */
    private static boolean neverSays(PodValue.Work pod) {
        Pace pace = pod.pace();
        return Double.isNaN(pace.tokens()) || (pace.tokensGrown() == 0 && pace.completedGrown() >= ENOUGH_COMPLETED);
    }

    private static double costOf(double batchShare, double running) {
        double share = Math.clamp(batchShare, 0, MOST_BATCH_SHARE);
        return share / (1 - share) / running;
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
