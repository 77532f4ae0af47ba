package io.nimscaler.kubernetes;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many pods all watches together may keep, and all scalers may remember. A selector may match any pod, and users of one
 * namespace must not take the memory from all others. So over the bound, the namespace with the most pods loses its largest
 * fleet. A pod of which more is remembered counts as more.
 */
final class PodRoom {

    /** Of heap for what does not grow with them, see {@link Capacity}. */
    private static final long BYTES_FOR_NONE = 60_000_000;

    /** Of heap for one, beside the first of each ScaledObject: 14 kB live, and some air. */
    private static final long BYTES_FOR_ONE = 20_000;

    /** Live, of a pod that is watched and asked. */
    private static final long BYTES_WATCHED = 10_500;

    /** Live, of a pod that one scaler remembers, with one gauge. */
    private static final long BYTES_OF_A_VALUE = 3_500;

    /** A small heap is for a trial. */
    private static final int FEWEST = 1_000;

    /** One event loop asks so many every 2 s. */
    private static final int MOST = 50_000;

    /**
     * Of one ScaledObject.
     *
     * @param pods that its watches keep
     * @param bytes that scalers remember of all of them; counts as no less than what one gauge of each takes, for they may not have been
     *     read yet
     */
    record Kept(int pods, long bytes) {

        /** As many pods of one gauge take as much. */
        long weight() {
            return (pods * BYTES_WATCHED + Math.max(bytes, pods * BYTES_OF_A_VALUE))
                    / (BYTES_WATCHED + BYTES_OF_A_VALUE);
        }

        private String text() {
            return weight() == pods
                    ? Integer.toString(pods)
                    : pods + ", which take as much as " + weight() + " with one gauge";
        }
    }

    private final int pods;

    /** How many there is room for in a heap of at most so many bytes. */
    static int forHeap(long bytes) {
        return Math.clamp((bytes - BYTES_FOR_NONE) / BYTES_FOR_ONE, FEWEST, MOST);
    }

    /**
     * @param pods at least 1
     */
    PodRoom(int pods) {
        this.pods = pods;
    }

    /**
     * Which have to go so that the others have room, in this order.
     *
     * @param kept of each that there is
     */
    List<ScaledObjectId> over(Map<ScaledObjectId, Kept> kept) {
        Map<ScaledObjectId, Long> left = new HashMap<>();
        kept.forEach((id, its) -> left.put(id, its.weight()));
        List<ScaledObjectId> over = new ArrayList<>();
        long sum = left.values().stream().mapToLong(Long::longValue).sum();
        while (sum > pods) {
            ScaledObjectId largest = largestOfTheLargestNamespace(left);
            sum -= left.getOrDefault(largest, 0L);
            left.remove(largest);
            over.add(largest);
        }
        return over;
    }

    private static ScaledObjectId largestOfTheLargestNamespace(Map<ScaledObjectId, Long> weights) {
        Map<String, Long> byNamespace = new HashMap<>();
        weights.forEach((id, weight) -> byNamespace.merge(id.namespace(), weight, Long::sum));
        return weights.keySet().stream()
                .max(Comparator.<ScaledObjectId>comparingLong(id -> byNamespace.getOrDefault(id.namespace(), 0L))
                        .thenComparing(ScaledObjectId::namespace)
                        .thenComparingLong(id -> weights.getOrDefault(id, 0L))
                        .thenComparing(ScaledObjectId::name))
                .orElseThrow();
    }

    /** Why one that keeps so much is not watched for a while. */
    String refusal(Kept kept) {
        return "expected at most " + pods + " pods of all ScaledObjects with this memory limit; this one has "
                + kept.text() + ", the most in the namespace with the most pods";
    }
}
