package io.nimscaler.signal;

import static io.nimscaler.signal.ServingLoadOfFleet.sum;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * What a full pod does, as it was seen: what a pod generated, completed and read a second, while at least half of the fleet had a queue
 * that stayed. What a pod does now, over that, is the most that it may carry.
 *
 * <p>{@link BatchCost} assumes that the time of a token is a line over the requests that run. An engine may be flat up to a part of its
 * batch instead, and give no more tokens above it. Then a pod at its limit looks half empty, and the fleet gets too small. This can not
 * be seen before it has happened once. So it is remembered for a day.
 *
 * <p>Only one process may know it. So it orders nothing: it is part of the upper bound of the load, by which a fleet gets smaller.
 */
final class FullRate {

    /** Pods without a queue that did so many times it were not full, so what was seen was less than a full pod does. */
    private static final double REFUTED = 1.1;

    private final HighestRates full = new HighestRates();

    /** While at least half of the fleet had no queue. */
    private final HighestRates calm = new HighestRates();

    /** Of what full pods did, what is not refuted. */
    private List<HighestRates.Rates> holding = List.of();

    /** Of the present requests, for each token that is generated; NaN: not known. */
    private double completedOfToken = Double.NaN;

    private double promptsOfToken = Double.NaN;

    /** Time passes, also while no pod is read. */
    void pass(Duration elapsed) {
        full.pass(elapsed);
        calm.pass(elapsed);
    }

    /** From pods that were just read, at least one. */
    void learn(List<PodValue.Work> pods) {
        double completed = sum(pods, pod -> pod.pace().completedGrown());
        double generated = sum(pods, pod -> pod.pace().tokensGrown());
        double read = sum(pods, pod -> pod.pace().promptsGrown());
        boolean isKnown = completed >= QueueFlow.ENOUGH_COMPLETED && generated > 0 && read > 0;
        completedOfToken = isKnown ? completed / generated : Double.NaN;
        promptsOfToken = isKnown ? read / generated : Double.NaN;
        if (isKnown) {
            ofHalf(pods, pod -> pod.pace().queueStands()).ifPresent(rate -> full.include(rates(rate)));
            ofHalf(pods, pod -> pod.waiting() == 0).ifPresent(rate -> calm.include(rates(rate)));
        }
        holding = full.all().stream()
                .filter(rates -> !calm.hasOver(rates, REFUTED))
                .toList();
    }

    private HighestRates.Rates rates(double tokens) {
        return new HighestRates.Rates(tokens, tokens * completedOfToken, tokens * promptsOfToken);
    }

    /** Tokens a second of such a pod; empty: it is not known, or fewer than half are such pods. */
    private static OptionalDouble ofHalf(List<PodValue.Work> pods, Predicate<PodValue.Work> which) {
        List<PodValue.Work> those = pods.stream().filter(which).toList();
        return 2 * those.size() < pods.size()
                ? OptionalDouble.empty()
                : those.stream()
                        .mapToDouble(pod -> pod.pace().tokens())
                        .filter(rate -> rate > 0)
                        .average();
    }

    /**
     * What the pod does, of what a full one was seen to do, from 0 to 1; 0: it is not known. The requests may be of another kind by now. So
     * the least of the three shares counts: of requests alike they are equal. If full pods were seen with several kinds of requests, it is
     * the highest, that of the kind which is most like the present one.
     */
    double shareOf(PodValue.Work pod) {
        double tokens = pod.pace().tokens();
        if (!(tokens > 0) || Double.isNaN(completedOfToken)) {
            return 0;
        }
        HighestRates.Rates present = rates(tokens);
        double share = 0;
        for (HighestRates.Rates highest : holding) {
            share = Math.max(share, present.over(highest));
        }
        return Math.min(1, share);
    }
}
