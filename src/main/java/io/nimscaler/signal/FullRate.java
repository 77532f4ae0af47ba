package io.nimscaler.signal;

import static io.nimscaler.signal.ServingLoadOfFleet.sum;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

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

    /** The next load like this one may come at the same hour of tomorrow. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final int KEPT = 64;

    /** Pods without a queue that did so many times it were not full, so what was seen was less than a full pod does. */
    private static final double REFUTED = 1.1;

    /** A second, of a pod: tokens generated, requests completed, tokens of prompts read. */
    private final List<SlidingExtreme> full =
            Stream.generate(FullRate::highest).limit(3).toList();

    /** Tokens generated a second of a pod, while at least half of the fleet had no queue. */
    private final SlidingExtreme calm = highest();

    /** Of the present requests, for each token that is generated: the same three, NaN where it is not known. */
    private double[] mix = {1, Double.NaN, Double.NaN};

    private static SlidingExtreme highest() {
        return SlidingExtreme.highestOf(REMEMBERED, KEPT);
    }

    /** Time passes, also while no pod is read. */
    void pass(Duration elapsed) {
        full.forEach(highest -> highest.pass(elapsed));
        calm.pass(elapsed);
    }

    /** From pods that were just read, at least one. */
    void learn(List<PodValue.Work> pods) {
        double completed = sum(pods, pod -> pod.pace().completedGrown());
        double generated = sum(pods, pod -> pod.pace().tokensGrown());
        double read = sum(pods, pod -> pod.pace().promptsGrown());
        boolean isKnown = completed >= QueueFlow.ENOUGH_COMPLETED && generated > 0;
        mix = new double[] {1, isKnown ? completed / generated : Double.NaN, isKnown ? read / generated : Double.NaN};
        ofHalf(pods, pod -> pod.pace().queueStands()).ifPresent(rate -> {
            for (int i = 0; i < mix.length; i++) {
                if (!Double.isNaN(mix[i])) {
                    full.get(i).include(rate * mix[i]);
                }
            }
        });
        ofHalf(pods, pod -> pod.waiting() == 0).ifPresent(calm::include);
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
     * the least of the three shares counts.
     */
    double shareOf(PodValue.Work pod) {
        double rate = pod.pace().tokens();
        if (!(rate > 0) || calm.value().orElse(0) > REFUTED * highest(0)) {
            return 0;
        }
        double share = 1;
        for (int i = 0; i < mix.length; i++) {
            share = Math.min(share, rate * mix[i] / highest(i));
        }
        return Double.isNaN(share) ? 0 : share;
    }

    private double highest(int which) {
        return full.get(which).value().orElse(Double.NaN);
    }
}
