package io.nimscaler.signal;

import io.nimscaler.window.ExponentialSmoothing;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Serving load with what only the fleet can tell:
 *
 * <ul>
 *   <li><em>u</em>, the share of a replica that a request takes: ΣKV / Σrunning over the pods, smoothed with a half-life of
 *       5 minutes, learned only while at least 8 requests run in the fleet (few requests tell little, and an idle fleet
 *       nothing). 0.02 until then. Never less than 1 / max running
 *       where that is stated, for a request takes one of the slots, nor than 0.001.
 *   <li><em>max running</em>: the key; else what the pod says; else the most requests (8 at least) that were seen running
 *       while others waited and the KV cache was not what they waited for, in the last hour of such time; else the term is left
 *       out. The hour bounds how long one wrong reading counts.
 * </ul>
 *
 * <p>Worked: KV usage 0.46, 256 running of 256, 128 waiting, u = 0.46 / 256 lifted to 1 / 256: 1 + 128 / 256 = 1.5.
 */
final class ServingLoadOfFleet implements FleetSignal {

    static final double COLD_SHARE = 0.02;
    static final double LEAST_SHARE = 0.001;
    static final int ENOUGH_RUNNING = 8;
    static final Duration HALF_LIFE = Duration.ofMinutes(5);
    static final Duration REMEMBERED = Duration.ofHours(1);

    /** From here on a queue may be waiting for the KV cache rather than for a slot. */
    private static final double KV_BINDS = 0.9;

    private final OptionalInt givenMaxRunning;
    private final ExponentialSmoothing share = new ExponentialSmoothing(HALF_LIFE, HALF_LIFE);
    private final SlidingExtreme learnedMaxRunning = SlidingExtreme.highestOf(REMEMBERED);

    /** Of the pods that were learned from last, the mean. */
    private OptionalDouble statedSlots = OptionalDouble.empty();

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
        double running =
                pods.stream().mapToDouble(pod -> pod.running().orElseThrow()).sum();
        if (running >= ENOUGH_RUNNING) {
            share.update(pods.stream().mapToDouble(PodValue.Work::kvUsage).sum() / running, elapsed);
        }
        // Only such time says what the most is: forgotten at night, it would make the morning's pods look emptier than
        // they are
        if (pods.stream().anyMatch(ServingLoadOfFleet::slotsBind)) {
            learnedMaxRunning.pass(elapsed);
        }
        pods.forEach(this::learnMaxRunning);
        statedSlots = pods.stream()
                .flatMapToDouble(pod -> statedMaxRunning(pod).stream())
                .average();
    }

    @Override
    public OptionalDouble costOfRequest() {
        return OptionalDouble.of(share(statedSlots));
    }

    /** u, never less than one of the slots that are stated. */
    private double share(OptionalDouble stated) {
        // What was learned may still be far too low, and would then make each waiting request too large
        double leastShare = stated.isPresent() ? Math.max(LEAST_SHARE, 1 / stated.getAsDouble()) : LEAST_SHARE;
        return Math.max(share.value().orElse(COLD_SHARE), leastShare);
    }

    /** What runs beyond the most that was seen proves that more can. */
    private void learnMaxRunning(PodValue.Work pod) {
        double running = pod.running().orElse(0);
        OptionalDouble most = learnedMaxRunning.value();
        if (slotsBind(pod) || (most.isPresent() && running > most.getAsDouble())) {
            learnedMaxRunning.include(running);
        }
    }

    /** Requests wait, and not for the KV cache. */
    private static boolean slotsBind(PodValue.Work pod) {
        return pod.waiting() > 0 && pod.running().orElse(0) >= ENOUGH_RUNNING && pod.kvUsage() < KV_BINDS;
    }

    @Override
    public OptionalDouble valueOf(PodValue pod) {
        return pod instanceof PodValue.Work work ? OptionalDouble.of(load(work)) : OptionalDouble.empty();
    }

    private double load(PodValue.Work pod) {
        OptionalDouble stated = statedMaxRunning(pod);
        OptionalDouble max = stated.isPresent() ? stated : learnedMaxRunning.value();
        double slots = max.isPresent() ? Math.min(1, pod.running().orElse(0) / max.getAsDouble()) : 0;
        return Math.max(pod.kvUsage(), slots) + pod.waiting() * share(stated);
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
