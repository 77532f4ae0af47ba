package io.nimscaler.scaler;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which pods get a low {@code pod-deletion-cost} before a scale-down, and which lose it again. The ReplicaSet controller takes pods that are
 * not ready first, then those of the lowest cost (kubernetes: pkg/controller/controller_utils.go, ActivePodsWithRanks).
 *
 * <p>A cost of ours lies in a range that no other writer uses, so that it can be recognized. It holds the requests that the pod had when it
 * was given: of several the idlest goes first.
 */
public final class DeletionCosts {

    /** The annotation. */
    public static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

    private static final int LOWEST = -1_710_000_000;
    private static final int MOST_REQUESTS = 999_999;

    private DeletionCosts() {}

    /**
     * @param name of the pod
     * @param ready whether Kubernetes counts it as ready
     * @param requests how many it has; empty: not known
     * @param value what it says of the signal; empty: not known
     * @param cost what stands in the annotation; empty: it has none
     */
    public record Candidate(
            String name, boolean ready, OptionalDouble requests, OptionalDouble value, Optional<String> cost) {

        private boolean isOurs() {
            return cost.filter(DeletionCosts::isOurs).isPresent();
        }

        private String ownCost() {
            return DeletionCosts.of(requests.orElseThrow());
        }

        /** One whose cost another writer has set is left alone, and so is one of which it is not known how busy it is. */
        private boolean mayBeMarked() {
            return ready && requests.isPresent() && (cost.isEmpty() || isOurs());
        }
    }

    /**
     * A pod whose annotation is to be written.
     *
     * @param cost empty: it is to be taken out
     */
    public record Change(String name, Optional<String> cost) {}

    /** The cost among a pod's annotations, of any writer (API servers take integers of 32 bits only); empty: there is none. */
    public static Optional<String> written(@Nullable Map<String, String> annotations) {
        return Optional.ofNullable(annotations).map(all -> all.get(ANNOTATION));
    }

    /** Whether an annotation's value is one of ours. */
    public static boolean isOurs(String cost) {
        return cost.matches("-17(10000000|09[0-9]{6})");
    }

    /** Whether the controller would take them in this order. One that has no cost yet gets its own. */
    private static boolean isInOrder(List<Candidate> idlest) {
        long last = Long.MIN_VALUE;
        for (Candidate pod : idlest) {
            long cost = Long.parseLong(pod.isOurs() ? pod.cost().orElseThrow() : pod.ownCost());
            if (cost < last) {
                return false;
            }
            last = cost;
        }
        return true;
    }

    static String of(double requests) {
        return String.format(Locale.ROOT, "%d", LOWEST + (long) Math.clamp(Math.rint(requests), 0, MOST_REQUESTS));
    }

    /**
     * What is to be written so that the idlest pods go first. What stays marked is not written again, unless the HPA might take a part of
     * them and the order among them has changed.
     *
     * @param fewer how many pods there are too many; 0: what we gave is taken back
     */
    public static List<Change> changes(List<Candidate> pods, int fewer) {
        long notReady = pods.stream().filter(pod -> !pod.ready()).count();
        List<Candidate> idlest = pods.stream()
                .filter(Candidate::mayBeMarked)
                .sorted(Comparator.comparingDouble(
                                (Candidate pod) -> pod.requests().orElseThrow())
                        .thenComparing(Candidate::isOurs, Comparator.reverseOrder())
                        .thenComparingDouble(pod -> pod.value().orElse(Double.MAX_VALUE))
                        .thenComparing(Candidate::name))
                .limit(Math.max(0, fewer - notReady))
                .toList();
        Set<Candidate> marked = new HashSet<>(idlest);
        boolean isInOrder = isInOrder(idlest);
        Stream<Change> given = idlest.stream()
                .filter(pod -> !pod.isOurs() || (!isInOrder && !pod.cost().equals(Optional.of(pod.ownCost()))))
                .map(pod -> new Change(pod.name(), Optional.of(pod.ownCost())));
        Stream<Change> takenBack = pods.stream()
                .filter(pod -> pod.isOurs() && !marked.contains(pod))
                .map(pod -> new Change(pod.name(), Optional.empty()));
        return Stream.concat(given, takenBack).toList();
    }
}
