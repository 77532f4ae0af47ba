package io.nimscaler.policy;

import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Quiet;
import io.nimscaler.policy.PodReading.Sampled;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The pods of one reading by their states, with the waits of rule 5: which pods the decision still waits for, and which not any
 * more.
 *
 * @param spec S
 * @param read R in number
 * @param newcomers those in R that came within the window of what is observed, while others had been there; 0 where all came
 * @param values of those in R that have one
 * @param missing M, all of them
 * @param waitedFor those of M that are not written off yet: they bound what is taken away
 * @param writtenOffUp those of them that the way up does not wait for any more
 * @param saturated those of them that were at T or more when they were last seen, moments ago
 * @param onTheirWay U in number, without the stuck
 * @param stuck in number
 * @param schedulableStuck the stuck that a node has taken
 */
record FleetStates(
        int spec,
        int read,
        int newcomers,
        List<Double> values,
        List<Missing> missing,
        List<Missing> waitedFor,
        int writtenOffUp,
        int saturated,
        int onTheirWay,
        int stuck,
        int schedulableStuck) {

    /** Rule 5: a missing pod is waited for so long on the way up, and on the way down at least. */
    private static final Duration LEAST_PATIENCE = Duration.ofMinutes(5);

    /**
     * For so long, or for {@code staleAfter} if that is longer, a pod that was at T or more still carries that much: an overloaded
     * server answers now and then. One that is gone for good leaves the Service within half of it (the kubelet's 3 probes in 30 s), and
     * its load shows in the others from then on.
     */
    private static final Duration SATURATED_FOR = Duration.ofMinutes(1);

    static FleetStates of(Fleet.Known fleet, Trigger trigger) {
        List<Double> values = new ArrayList<>(fleet.pods().size());
        List<Missing> missing = new ArrayList<>();
        int quiet = 0;
        int onTheirWay = 0;
        int stuck = 0;
        int schedulableStuck = 0;
        for (PodReading pod : fleet.pods()) {
            switch (pod) {
                case Sampled(double value) -> values.add(value);
                case Quiet _ -> quiet++;
                case Missing one -> missing.add(one);
                case Starting(Duration startingFor, boolean unschedulable) -> {
                    boolean isStuck = startingFor.compareTo(trigger.deadlines().startingDeadline()) > 0;
                    onTheirWay += isStuck ? 0 : 1;
                    stuck += isStuck ? 1 : 0;
                    schedulableStuck += isStuck && !unschedulable ? 1 : 0;
                }
            }
        }
        List<Missing> waitedFor =
                missingAtMost(longer(trigger.stabilization().window().down(), LEAST_PATIENCE), missing);
        List<Missing> waitedForUp = missingAtMost(LEAST_PATIENCE, waitedFor);
        List<Missing> justSeen = missingAtMost(longer(trigger.deadlines().staleAfter(), SATURATED_FOR), waitedForUp);
        int read = values.size() + quiet;
        return new FleetStates(
                fleet.scale().spec(),
                read,
                fleet.newcomers() < read ? fleet.newcomers() : 0,
                values,
                missing,
                waitedFor,
                waitedFor.size() - waitedForUp.size(),
                (int) justSeen.stream()
                        .filter(pod ->
                                pod.lastValue().orElse(0) >= trigger.target().value())
                        .count(),
                onTheirWay,
                stuck,
                schedulableStuck);
    }

    /** Those of M that count as the mean of R. */
    int writtenOff() {
        return missing.size() - waitedFor.size();
    }

    /** R in number, with those that count as its mean. */
    int members() {
        return read + writtenOff();
    }

    /** Those that will take their part of what the others were observed to do: on their way, or there for less than that goes back. */
    int coming() {
        return onTheirWay + newcomers;
    }

    /**
     * What starting pods will take over of the load that there is, where the trigger credits them with it: a queue that grew
     * because they were not there yet orders no others in their place. A surge pod of a rollout takes the place of one that is there.
     */
    double credit(Trigger trigger) {
        int ordered = Math.clamp(spec - members() - waitedFor.size(), 0, onTheirWay);
        return trigger.stabilization().loadingCredit() ? trigger.target().value() * ordered : 0;
    }

    Counts counts() {
        return new Counts(values.size(), quiet(), writtenOff(), waitedFor.size(), onTheirWay, stuck);
    }

    /** Where there is no mean that a pod could count as. */
    Counts countsWithoutMean() {
        return new Counts(0, quiet(), 0, missing.size(), onTheirWay, stuck);
    }

    /** Those in R that have no value of their own. */
    private int quiet() {
        return read - values.size();
    }

    private static List<Missing> missingAtMost(Duration length, List<Missing> pods) {
        return pods.isEmpty()
                ? pods
                : pods.stream()
                        .filter(pod -> pod.missingFor().compareTo(length) <= 0)
                        .toList();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
