package io.nimscaler.signal;

import static io.nimscaler.signal.ServingLoadOfFleet.sum;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a full pod does, as it was seen: the tokens and the requests a second of a pod, while at least half of the fleet had a queue
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

    /** A fleet without a queue that does so many times it is not full, so what was seen was less than a full pod does. */
    private static final double REFUTED = 1.1;

    private SlidingExtreme tokens = SlidingExtreme.highestOf(REMEMBERED, KEPT);
    private SlidingExtreme requests = SlidingExtreme.highestOf(REMEMBERED, KEPT);

    /** Of the present requests, over all pods; NaN: too few were completed to say. */
    private double requestsPerToken = Double.NaN;

    /**
     * @param pods that were just read, at least one
     * @param elapsed since the last call
     */
    void learn(List<PodValue.Work> pods, Duration elapsed) {
        tokens.pass(elapsed);
        requests.pass(elapsed);
        double completed = sum(pods, pod -> pod.pace().completedGrown());
        double generated = sum(pods, pod -> pod.pace().tokensGrown());
        requestsPerToken =
                completed >= QueueFlow.ENOUGH_COMPLETED && generated > 0 ? completed / generated : Double.NaN;
        List<PodValue.Work> full =
                pods.stream().filter(pod -> pod.pace().queueStands()).toList();
        if (2 * full.size() >= pods.size()) {
            mean(full).ifPresent(this::include);
        } else if (full.isEmpty() && sum(pods, PodValue.Work::waiting) == 0) {
            mean(pods).ifPresent(this::forgetIfMore);
        }
    }

    /** Tokens a second of a pod; empty: it is not known, or they generate none. */
    private static OptionalDouble mean(List<PodValue.Work> pods) {
        return pods.stream()
                .mapToDouble(pod -> pod.pace().tokens())
                .filter(rate -> rate > 0)
                .average();
    }

    private void include(double rate) {
        tokens.include(rate);
        if (requestsPerToken > 0) {
            requests.include(rate * requestsPerToken);
        }
    }

    private void forgetIfMore(double rate) {
        if (shareOf(rate) > REFUTED) {
            tokens = SlidingExtreme.highestOf(REMEMBERED, KEPT);
            requests = SlidingExtreme.highestOf(REMEMBERED, KEPT);
        }
    }

    /** What the pod does, of what a full one was seen to do, from 0 to 1; 0: it is not known. */
    double shareOf(PodValue.Work pod) {
        double rate = pod.pace().tokens();
        return rate > 0 ? Math.min(1, shareOf(rate)) : 0;
    }

    /** If the requests are of another kind by now, a full pod generates another number of tokens, or completes another number of requests. */
    private double shareOf(double rate) {
        double ofTokens = tokens.value().isPresent() ? rate / tokens.value().getAsDouble() : 0;
        return requests.value().isPresent() && requestsPerToken > 0
                ? Math.min(ofTokens, rate * requestsPerToken / requests.value().getAsDouble())
                : ofTokens;
    }
}
