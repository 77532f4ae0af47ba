package io.nimscaler.signal;

import static io.nimscaler.signal.ServingLoadOfFleet.sum;

import io.nimscaler.window.ExponentialSmoothing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What a fleet's queue asks for, taken for a flow instead of a stock: replicas that would complete what it grows by, and work off what
 * the usual room of these and of the pods does not within five minutes. While it does not fall they are a fifth more than the pods at
 * least. What waits in front of the fleet is part of that queue.
 */
final class QueueFlow {

    static final int ENOUGH_COMPLETED = 10;

    /** Within this the queue is worked off. */
    private static final double HORIZON_SECONDS = 300;

    /** While a queue does not fall, what comes may still rise: so much of what the pods do is asked for beyond it, at most. */
    private static final double SOON_SHARE = 0.2;

    /** So soon this works off what waits; where less does that, less is asked for. */
    private static final double SOON_SECONDS = 150;

    /** What pods at their target have room for, as a share of what they do, at most; at a target of 0.80 and less so much. */
    private static final double ROOM = 0.25;

    /** Over about so long what pods completed before a queue is remembered. */
    private static final Duration HALF_LIFE = Duration.ofMinutes(5);

    private final ToDoubleFunction<PodValue.Work> base;
    private final ToDoubleFunction<PodValue.Work> baseAtMost;
    private final ExponentialSmoothing completedLately = new ExponentialSmoothing(HALF_LIFE, HALF_LIFE);
    private final SlidingCounts inFrontLately;
    private OptionalDouble inFront = OptionalDouble.empty();

    /**
     * @param base of a pod, in full replicas: the least that it may be
     * @param baseAtMost the most that it may be
     * @param window over which a flow is taken
     */
    QueueFlow(ToDoubleFunction<PodValue.Work> base, ToDoubleFunction<PodValue.Work> baseAtMost, Duration window) {
        this.base = base;
        this.baseAtMost = baseAtMost;
        this.inFrontLately = new SlidingCounts(window, 1);
    }

    void waitsInFront(OptionalDouble requests, Instant now) {
        inFront = requests;
        requests.ifPresent(waiting -> inFrontLately.add(Ring.nanos(now), waiting));
    }

    /** What comes is of another queue, or of none. */
    void forgetInFront() {
        inFront = OptionalDouble.empty();
        inFrontLately.clear();
    }

    /** Requests; 0 where it is not known. */
    double inFront() {
        return inFront.orElse(0);
    }

    /** Whether requests wait in front of the pods. Where somebody said it once and does not now, they may. */
    boolean mayWaitInFront() {
        return inFront.isPresent() ? inFront() > 0 : inFrontLately.size() > 0;
    }

    /** Requests, in the pods and in front of them. */
    double waiting(List<PodValue.Work> pods) {
        return sum(pods, PodValue.Work::waiting) + inFront();
    }

    /**
     * In full replicas: what the queue grows by, and what works it off within the horizon beyond the room of the replicas that are asked
     * for without it, or soon while it does not fall. Negative: by so much it falls faster. Empty: too few requests were completed to say.
     *
     * @param known of which it is known how fast they work
     * @param work the base of these in total
     * @param all pods that were just read
     * @param target what a replica should carry, in full replicas
     * @param elapsed since the last call
     */
    OptionalDouble of(
            List<PodValue.Work> known, double work, List<PodValue.Work> all, OptionalDouble target, Duration elapsed) {
        double completedGrown = sum(known, pod -> pod.pace().completedGrown());
        double tokensGrown = sum(known, pod -> pod.pace().tokensGrown());
        double tokens = sum(known, pod -> pod.pace().tokens());
        // Tokens flow evenly where requests end now and then
        double completed = tokensGrown > 0
                ? tokens * completedGrown / tokensGrown
                : sum(known, pod -> pod.pace().completed());
        if (completedGrown < ENOUGH_COMPLETED || !(completed > 0) || work == 0) {
            return OptionalDouble.empty();
        }
        double perReplica = perReplica(known, completed, work, elapsed);
        double longest =
                known.stream().mapToDouble(pod -> pod.pace().watched()).max().orElse(1);
        double byNewcomers = byNewcomers(all, longest);
        double arriving = growing(known, longest, byNewcomers, perReplica);
        double full = sum(all, base);
        double waiting = waiting(all) / perReplica;
        double room = Math.clamp(1 / target.orElse(0.8) - 1, 0, ROOM) * (full + Math.max(0, arriving));
        // Who works a queue off is full, and not at the target
        double within = Math.min(1, target.orElse(1)) * (waiting / HORIZON_SECONDS - room);
        double soon = Math.min(waiting / SOON_SECONDS, SOON_SHARE * full) - byNewcomers + Math.min(0, arriving);
        return OptionalDouble.of(arriving + Math.max(0, Math.max(within, soon)));
    }

    /**
     * Requests that a full replica completes a second. Where a queue begins, a pod reads the prompts of many and generates little. Then
     * what a replica completed before counts, if that was more. It was so much at least, for it is taken over the most that the base was.
     */
    private double perReplica(List<PodValue.Work> known, double completed, double work, Duration elapsed) {
        completedLately.update(completed / sum(known, baseAtMost), elapsed);
        boolean begins = known.stream().anyMatch(pod -> !pod.pace().queueStands());
        double now = completed / work;
        return begins ? Math.max(now, completedLately.value().orElse(0)) : now;
    }

    /**
     * By how much the queue grows with the pods that are there now, in full replicas. It grew before the newest of them came, too. What
     * these do now and did not do then is subtracted, down to a queue that stays.
     */
    private double growing(List<PodValue.Work> known, double longest, double byNewcomers, double perReplica) {
        double growth = growthInFront();
        for (PodValue.Work pod : known) {
            growth += pod.pace().queueGrowth() * pod.pace().watched() / longest;
        }
        double replicas = growth / perReplica;
        return replicas > 0 ? Math.max(0, replicas - byNewcomers) : replicas;
    }

    /** In requests a second; 0 where it is not known. */
    private double growthInFront() {
        return inFront.isPresent() && inFrontLately.spansEnough()
                ? inFrontLately.growth(0) / inFrontLately.seconds()
                : 0;
    }

    /** What pods do now that were not there while the others were watched, in full replicas. */
    private double byNewcomers(List<PodValue.Work> all, double longest) {
        double byNewcomers = 0;
        for (PodValue.Work pod : all) {
            if (pod.pace().counts()) {
                byNewcomers += Math.max(0, 1 - pod.pace().watched() / longest) * base.applyAsDouble(pod);
            }
        }
        return byNewcomers;
    }
}
