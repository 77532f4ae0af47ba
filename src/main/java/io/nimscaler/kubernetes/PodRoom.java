package io.nimscaler.kubernetes;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many pods all watches together may keep. A selector may match anything, and whoever may write ScaledObjects in one namespace must
 * not take the memory from all others: over the bound the largest fleet of the namespace that has the most pods has to go.
 */
final class PodRoom {

    /** Of heap for what does not grow with them, see {@link Capacity}. */
    private static final long BYTES_FOR_NONE = 60_000_000;

    /** Of heap for one, beside the first of each ScaledObject: 14 kB live, and some air. */
    private static final long BYTES_FOR_ONE = 20_000;

    /** A small heap is somebody's trial. */
    private static final int FEWEST = 1_000;

    /** One event loop asks so many every 2 s. */
    private static final int MOST = 50_000;

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
     * @param numbers of the pods of each that there is
     */
    List<ScaledObjectId> over(Map<ScaledObjectId, Integer> numbers) {
        Map<ScaledObjectId, Integer> left = new HashMap<>(numbers);
        List<ScaledObjectId> over = new ArrayList<>();
        long sum = numbers.values().stream().mapToLong(Integer::longValue).sum();
        while (sum > pods) {
            ScaledObjectId largest = largestOfTheLargestNamespace(left);
            sum -= left.getOrDefault(largest, 0);
            left.remove(largest);
            over.add(largest);
        }
        return over;
    }

    private static ScaledObjectId largestOfTheLargestNamespace(Map<ScaledObjectId, Integer> numbers) {
        Map<String, Long> byNamespace = new HashMap<>();
        numbers.forEach((id, number) -> byNamespace.merge(id.namespace(), number.longValue(), Long::sum));
        return numbers.keySet().stream()
                .max(Comparator.<ScaledObjectId>comparingLong(id -> byNamespace.getOrDefault(id.namespace(), 0L))
                        .thenComparing(ScaledObjectId::namespace)
                        .thenComparingInt(id -> numbers.getOrDefault(id, 0))
                        .thenComparing(ScaledObjectId::name))
                .orElseThrow();
    }

    /** Why one of so many pods is not watched for a while. */
    String refusal(int number) {
        return "expected at most " + pods + " pods of all ScaledObjects in this much memory; this one has " + number
                + ", most of the namespace that has most";
    }
}
