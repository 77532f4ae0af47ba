package io.nimscaler.signal;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How many requests a pod works on at once: the key; else what the pod says; else the most requests (8 at least) that ran while others
 * waited all the time and the KV cache was not what they waited for, in the last hour of such time. Else it is between two bounds: the
 * KV cache may bind alone, or no more may run at once than a quarter more than the most that ran on any pod within the last hour, or 8.
 * It is half more once a quarter of an hour was observed, unless requests waited while about the most ran: there the maximum may be.
 */
final class MaxRunning {

    static final int ENOUGH_RUNNING = 8;

    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** Where nobody states the maximum, a pod is taken to run so many times the most that was seen. */
    private static final double UNSEEN = 1.25;

    /** So many times it, where that was seen for long enough and nothing waited for it. */
    private static final double UNSEEN_OF_A_CALM_FLEET = 1.5;

    /** For so long the most that runs is observed until it tells something. */
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(15);

    /** From this share of the most that was seen on, what waits may wait for one of those that run. */
    private static final double NEARLY_MOST = .9;

    private final OptionalInt given;
    private final SlidingExtreme learned = SlidingExtreme.highestOf(REMEMBERED);
    private final SlidingExtreme most = SlidingExtreme.highestOf(REMEMBERED);
    private final SlidingExtreme mostWhileOthersWaited = SlidingExtreme.highestOf(REMEMBERED);

    /** @param given by the key, at least 1 */
    MaxRunning(OptionalInt given) {
        this.given = given;
    }

    /**
     * From pods that were just read, at least one. What runs beyond the most that was seen proves that more can.
     *
     * @param waitsInFront requests wait, or may wait, in front of the pods for one of those that run
     * @param elapsed since the last call
     */
    void learn(List<PodValue.Work> pods, boolean waitsInFront, Duration elapsed) {
        most.add(most(pods), elapsed);
        mostWhileOthersWaited.add(
                most(pods.stream()
                        .filter(pod -> waitsInFront || pod.waiting() > 0)
                        .toList()),
                elapsed);
        // Only such time says what the most is: forgotten at night, it would make the morning's pods look emptier than
        // they are
        if (pods.stream().anyMatch(pod -> pod.pace().runningLimit() >= ENOUGH_RUNNING)) {
            learned.pass(elapsed);
        }
        for (PodValue.Work pod : pods) {
            double running = pod.running().orElse(0);
            OptionalDouble present = learned.value();
            if (pod.pace().runningLimit() >= ENOUGH_RUNNING) {
                learned.include(pod.pace().runningLimit());
            } else if (present.isPresent() && running > present.getAsDouble()) {
                learned.include(running);
            }
        }
    }

    private static double most(List<PodValue.Work> pods) {
        return pods.stream().mapToDouble(pod -> pod.running().orElse(0)).max().orElse(0);
    }

    /** As far as it is known; empty: it is between two bounds. */
    OptionalDouble of(PodValue.Work pod) {
        OptionalDouble stated = statedBy(pod);
        return stated.isPresent() ? stated : learned.value();
    }

    /** By the key, or else by the pod. */
    OptionalDouble statedBy(PodValue.Work pod) {
        if (given.isPresent()) {
            return OptionalDouble.of(given.getAsInt());
        }
        return pod.maxRunning().orElse(0) >= 1 ? pod.maxRunning() : OptionalDouble.empty();
    }

    /** The least that it may be where it is not known. */
    double atLeast() {
        double ran = most.value().orElse(0);
        double waitedFor = mostWhileOthersWaited.value().orElse(0);
        boolean isLongEnough = most.remaining().compareTo(REMEMBERED.minus(LONG_ENOUGH)) <= 0;
        boolean mayBeTheMost = waitedFor > 0 && waitedFor >= NEARLY_MOST * ran;
        return Math.max(ENOUGH_RUNNING, (isLongEnough && !mayBeTheMost ? UNSEEN_OF_A_CALM_FLEET : UNSEEN) * ran);
    }
}
