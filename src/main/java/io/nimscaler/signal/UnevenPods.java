package io.nimscaler.signal;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Finds pods that are slower than the others of their fleet, where nothing that spreads the requests looks at the load: a Service, a router
 * that goes in turn. Such a pod completes about as many requests as the others and is fuller. Their mean has room, and it is full. Where a
 * router looks at the load, a slower pod is as full as the others and completes fewer. So does one that is much slower, or broken: too many
 * replicas would be needed to help it.
 *
 * <p>Each pod is taken for as full as it was lately, see {@link Pace#lately}. By chance another of the pods is the fullest a minute later.
 *
 * <p>A quarter of the pods may order replicas: at once, a quarter more than what the pods carry at their target. The next order comes when
 * each pod has been watched for as long as completions are remembered. A sixth of the pods keeps the replicas. Both are two pods at least.
 * So the fleet grows to about five of them for each slow one at most, if the new ones are not slow.
 */
final class UnevenPods {

    /** The share of the pods that orders replicas. */
    private static final double ORDERS = 0.25;

    /** The share of the pods that keeps replicas. It is smaller: the replicas that were ordered make the share smaller. */
    private static final double KEEPS = 1 / 6.0;

    /** One pod may be broken. */
    private static final int LEAST_PODS = 2;

    /** Of the mean. One that completes more got more work; that one of two equal pods completes a little more is chance. */
    private static final double MOST_COMPLETED = 1.1;

    /** Of the mean. To serve all that comes to a full one that completes less, it takes more than half again as many replicas. */
    private static final double LEAST_COMPLETED = 2 / 3.0;

    /** Of the mean; some of a few equal pods are a little fuller by chance. */
    private static final double FULLER = 1.3;

    /** Requests that a pod must have completed on average. */
    private static final int ENOUGH_COMPLETED = QueueFlow.ENOUGH_COMPLETED;

    /** A pod counts as no fuller than this. */
    private static final double FULLEST = 1.25;

    /** Times the target: so much is asked for at once. */
    private static final double AT_ONCE = 1.25;

    private UnevenPods() {}

    /**
     * @param pods that were just read
     * @param load of a pod, in full replicas
     * @param target what a replica should carry, in full replicas
     * @return empty: all pods carry about the same, or too little is known to say
     */
    static Optional<Uneven> of(List<PodValue.Work> pods, ToDoubleFunction<PodValue.Work> load, double target) {
        List<PodValue.Work> lately = pods.stream().map(PodValue.Work::lately).toList();
        List<PodValue.Work> compared =
                lately.stream().filter(pod -> pod.pace().comparable()).toList();
        double completed =
                ServingLoadOfFleet.sum(compared, pod -> pod.pace().completedGrown()) / Math.max(1, compared.size());
        if (completed < ENOUGH_COMPLETED) {
            return Optional.empty();
        }
        // A pod among them is slower if it is fuller
        double[] slower = loadsOf(compared, completed, load);
        double total = ServingLoadOfFleet.sum(pods, load);
        double fuller = FULLER * ServingLoadOfFleet.sum(lately, load) / pods.size();
        double ordering = fullest(slower, ORDERS, pods.size());
        double keeping = fullest(slower, KEEPS, pods.size());
        double asked = Math.min((compared.size() == pods.size() ? AT_ONCE : 1) * target, ordering);
        double each = Math.max(ordering >= fuller ? asked : 0, keeping >= fuller ? Math.min(target, keeping) : 0);
        double all = each * pods.size();
        int full =
                (int) Arrays.stream(slower).filter(carried -> carried >= target).count();
        return all > total
                ? Optional.of(new Uneven(Math.max(full, enough(KEEPS, pods.size())), all))
                : Optional.empty();
    }

    /** Of those pods that complete about as many requests as the mean; in ascending order. */
    private static double[] loadsOf(List<PodValue.Work> pods, double mean, ToDoubleFunction<PodValue.Work> load) {
        return pods.stream()
                .filter(pod -> pod.pace().completedGrown() >= LEAST_COMPLETED * mean
                        && pod.pace().completedGrown() <= MOST_COMPLETED * mean
                        && !pod.pace().still())
                .mapToDouble(load)
                .map(carried -> Math.min(FULLEST, carried))
                .sorted()
                .toArray();
    }

    /** How full this share of all pods is at least; 0 where there are not so many of them. */
    private static double fullest(double[] sorted, double share, int pods) {
        int enough = enough(share, pods);
        return sorted.length < enough ? 0 : sorted[sorted.length - enough];
    }

    private static int enough(double share, int pods) {
        return Math.max(LEAST_PODS, (int) Math.ceil(share * pods));
    }
}
