package io.nimscaler.signal;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Serving load with what only the fleet can tell. Per pod: base + waiting · u.
 *
 * <ul>
 *   <li><em>base</em> = x + e · (1 − x). x is the fuller of two: the KV cache, and running / max running. It bends: near its limit a pod's
 *       KV usage and running requests grow much faster than what it is asked to do, for each request makes the others slower. e is the
 *       share of a token's time that the batch costs; with the time of a token t = a + b·r at r requests running, e = b·r / t, and x + e · (1 − x)
 *       is what the pod generates over what it would generate when full. That grows as the arrivals do.
 *   <li><em>b / a</em> is learned: by how much the time of a token (running / tokens a second) grew with the batch within the last five minutes,
 *       by all pods ({@link WorkHistory}). Little evidence counts little, none is e = 0, and then x stands alone.
 *   <li><em>u</em> makes the queue a flow instead of a stock: replicas that would complete what it grows by, and work off what the
 *       usual room of the pods does not within two minutes. Where completions are not known, u is what a running request takes, at
 *       once.
 *   <li><em>max running</em>: the key; else what the pod says; else the most requests (8 at least) that were seen running
 *       while others waited and the KV cache was not what they waited for, in the last hour of such time; else the term is left
 *       out.
 * </ul>
 */
final class ServingLoadOfFleet implements FleetSignal {

    static final int ENOUGH_RUNNING = 8;
    static final Duration REMEMBERED = Duration.ofHours(1);
    static final double LEAST_SHARE = 0.001;

    /** Of a fleet that runs nothing a request takes so much. */
    static final double COLD_SHARE = 0.02;

    /** Within this the queue is worked off. */
    static final double HORIZON_SECONDS = 120;

    /** What pods at their target have room for, as a share of what they do. */
    static final double ROOM = 0.25;

    /** So much variance of ln(running), summed over intervals, weighs as much as knowing nothing. */
    static final double DOUBT = 0.2;

    private static final double MOST_BATCH_SHARE = 0.95;

    private final OptionalInt givenMaxRunning;
    private final SlidingExtreme learnedMaxRunning = SlidingExtreme.highestOf(REMEMBERED);
    private double batchCost;
    private double shareOfWaiting = COLD_SHARE;

    ServingLoadOfFleet(OptionalInt givenMaxRunning) {
        this.givenMaxRunning = givenMaxRunning;
    }

    @Override
    public void learn(Collection<PodValue> fresh, Duration elapsed) {
        List<PodValue.Work> pods = fresh.stream()
                .filter(PodValue.Work.class::isInstance)
                .map(PodValue.Work.class::cast)
                .filter(pod -> pod.running().isPresent())
                .toList();
        learnMaxRunning(pods, elapsed);
        batchCost = batchCost(total(pods));
        shareOfWaiting = shareOfWaiting(pods);
    }

    private static Pace total(List<PodValue.Work> pods) {
        return pods.stream().map(PodValue.Work::pace).reduce(Pace::plus).orElse(Pace.UNKNOWN);
    }

    /** b / a: by how much one more request makes a token's time longer, over that of a request alone. */
    private static double batchCost(Pace pace) {
        int n = pace.intervals();
        if (n == 0) {
            return 0;
        }
        double variance = pace.xx() - pace.x() * pace.x() / n;
        double covariance = pace.xy() - pace.x() * pace.y() / n;
        double share = Math.clamp(covariance / (variance + DOUBT), 0, MOST_BATCH_SHARE);
        return share / (1 - share) / Math.exp(pace.x() / n);
    }

    /** u; a pod that was not watched for long enough says nothing of it. */
    private double shareOfWaiting(List<PodValue.Work> all) {
        List<PodValue.Work> pods =
                all.stream().filter(pod -> !pod.pace().tooEarly()).toList();
        Pace pace = total(pods);
        double waiting = pods.stream().mapToDouble(PodValue.Work::waiting).sum();
        double base = pods.stream().mapToDouble(this::base).sum();
        if (pods.isEmpty() && !all.isEmpty()) {
            return LEAST_SHARE;
        }
        if (!(pace.completed() > 0) || waiting == 0 || base == 0) {
            double running = pods.stream()
                    .mapToDouble(pod -> pod.running().orElseThrow())
                    .sum();
            return running >= ENOUGH_RUNNING ? Math.max(LEAST_SHARE, base / running) : COLD_SHARE;
        }
        double perReplica = pace.completed() / base;
        double arriving = pace.queueGrowth() / perReplica;
        double toWorkOff = waiting / (HORIZON_SECONDS * perReplica) - ROOM * base;
        return Math.max(LEAST_SHARE, (arriving + Math.max(0, toWorkOff)) / waiting);
    }

    /** What runs beyond the most that was seen proves that more can. */
    private void learnMaxRunning(List<PodValue.Work> pods, Duration elapsed) {
        // Only such time says what the most is: forgotten at night, it would make the morning's pods look emptier than
        // they are
        if (pods.stream().anyMatch(pod -> pod.pace().runningLimit() >= ENOUGH_RUNNING)) {
            learnedMaxRunning.pass(elapsed);
        }
        for (PodValue.Work pod : pods) {
            double running = pod.running().orElse(0);
            OptionalDouble most = learnedMaxRunning.value();
            if (pod.pace().runningLimit() >= ENOUGH_RUNNING) {
                learnedMaxRunning.include(pod.pace().runningLimit());
            } else if (most.isPresent() && running > most.getAsDouble()) {
                learnedMaxRunning.include(running);
            }
        }
    }

    @Override
    public OptionalDouble valueOf(PodValue pod) {
        return pod instanceof PodValue.Work work
                ? OptionalDouble.of(base(work) + work.waiting() * shareOfWaiting)
                : OptionalDouble.empty();
    }

    private double base(PodValue.Work pod) {
        double running = pod.running().orElse(0);
        OptionalDouble stated = statedMaxRunning(pod);
        OptionalDouble max = stated.isPresent() ? stated : learnedMaxRunning.value();
        double slots = max.isPresent() ? Math.min(1, running / max.getAsDouble()) : 0;
        double full = Math.min(1, Math.max(pod.kvUsage(), slots));
        double batchShare = batchCost * running / (1 + batchCost * running);
        return full + batchShare * (1 - full);
    }

    private OptionalDouble statedMaxRunning(PodValue.Work pod) {
        if (givenMaxRunning.isPresent()) {
            return OptionalDouble.of(givenMaxRunning.getAsInt());
        }
        return pod.maxRunning().orElse(0) >= 1 ? pod.maxRunning() : OptionalDouble.empty();
    }

    @Override
    public OptionalDouble level(Collection<PodValue> fresh) {
        return OptionalDouble.empty();
    }
}
