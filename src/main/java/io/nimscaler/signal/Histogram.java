package io.nimscaler.signal;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * Observations by buckets, as Prometheus counts them: how many were at most each bound. The last bound is +Inf.
 *
 * <p>Two histograms are added at the bounds that both have. That is exact, but coarser: at other bounds one of them has no
 * count.
 */
public final class Histogram {

    private final double[] bounds;
    private final double[] counts;
    private final double sum;

    /**
     * @param bounds ascending, the last one +Inf
     * @param counts cumulative, one for each bound
     * @param sum of the observations; NaN: not known
     */
    Histogram(double[] bounds, double[] counts, double sum) {
        if (bounds.length == 0
                || bounds.length != counts.length
                || bounds[bounds.length - 1] != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("bounds = " + Arrays.toString(bounds) + ", must end with +Inf");
        }
        this.bounds = bounds.clone();
        this.counts = counts.clone();
        this.sum = sum;
    }

    /** With bounds that another one has: what is kept of a pod is mostly histograms of one layout. */
    private Histogram(double sum, double[] bounds, double[] counts) {
        this.bounds = bounds;
        this.counts = counts;
        this.sum = sum;
    }

    /** Nothing observed, in the same buckets. */
    Histogram empty() {
        return new Histogram(0, bounds, new double[counts.length]);
    }

    /** How many buckets it has. */
    int buckets() {
        return bounds.length;
    }

    double count() {
        return counts[counts.length - 1];
    }

    Histogram plus(Histogram other) {
        return combine(other, (one, another) -> one + another);
    }

    Histogram minus(Histogram other) {
        return combine(other, (one, another) -> one - another);
    }

    /** Whether no bucket that both have is lower than in {@code earlier}: no restart between them. */
    boolean continues(Histogram earlier) {
        Histogram difference = minus(earlier);
        return Arrays.stream(difference.counts).allMatch(count -> count >= 0);
    }

    private Histogram combine(Histogram other, DoubleBinaryOperator operator) {
        if (Arrays.equals(bounds, other.bounds)) {
            double[] combined = new double[counts.length];
            Arrays.setAll(combined, i -> operator.applyAsDouble(counts[i], other.counts[i]));
            return new Histogram(operator.applyAsDouble(sum, other.sum), bounds, combined);
        }
        int[] common = IntStream.range(0, bounds.length)
                .filter(i -> Arrays.binarySearch(other.bounds, bounds[i]) >= 0)
                .toArray();
        return new Histogram(
                Arrays.stream(common).mapToDouble(i -> bounds[i]).toArray(),
                Arrays.stream(common)
                        .mapToDouble(i -> operator.applyAsDouble(
                                counts[i], other.counts[Arrays.binarySearch(other.bounds, bounds[i])]))
                        .toArray(),
                operator.applyAsDouble(sum, other.sum));
    }

    /** Empty: nothing observed, or the sum is not known. */
    OptionalDouble mean() {
        double mean = sum / count();
        return Double.isFinite(mean) && mean >= 0 ? OptionalDouble.of(mean) : OptionalDouble.empty();
    }

    /**
     * Interpolated as {@code histogram_quantile} does (prometheus: promql/quantile.go, BucketQuantile): linearly within a bucket,
     * the first of which begins at 0; in the +Inf bucket it is the highest finite bound; counts that fall from one bucket to the next
     * are lifted.
     *
     * @param q in (0, 1)
     * @return empty: nothing observed, or no finite bucket
     */
    OptionalDouble quantile(double q) {
        int last = bounds.length - 1;
        double[] lifted = counts.clone();
        Arrays.parallelPrefix(lifted, Math::max);
        if (last == 0 || lifted[last] <= 0) {
            return OptionalDouble.empty();
        }
        double rank = q * lifted[last];
        int bucket = IntStream.range(0, last)
                .filter(i -> lifted[i] >= rank)
                .findFirst()
                .orElse(last);
        if (bucket == last) {
            return OptionalDouble.of(bounds[last - 1]);
        }
        if (bucket == 0 && bounds[0] <= 0) {
            return OptionalDouble.of(bounds[0]);
        }
        double start = bucket == 0 ? 0 : bounds[bucket - 1];
        double below = bucket == 0 ? 0 : lifted[bucket - 1];
        return OptionalDouble.of(start + (bounds[bucket] - start) * ((rank - below) / (lifted[bucket] - below)));
    }

    /**
     * The lower bound of the bucket that {@link #quantile} lies in: it is not known where in it the observations lie.
     *
     * @param q in (0, 1)
     * @return empty: nothing observed, or no finite bucket
     */
    OptionalDouble leastQuantile(double q) {
        int last = bounds.length - 1;
        double[] lifted = counts.clone();
        Arrays.parallelPrefix(lifted, Math::max);
        if (last == 0 || lifted[last] <= 0) {
            return OptionalDouble.empty();
        }
        int below = (int) IntStream.range(0, last)
                .filter(i -> lifted[i] < q * lifted[last])
                .count();
        return OptionalDouble.of(below == 0 ? 0 : bounds[below - 1]);
    }
}
