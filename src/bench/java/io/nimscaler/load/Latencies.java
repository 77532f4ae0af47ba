package io.nimscaler.load;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** How long each call took, in the order in which the answers came; from any thread. */
final class Latencies {

    private static final int PARTS = 5;

    private final long[] nanos;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /**
     * @param most calls that are kept; of those beyond only the number is
     */
    Latencies(int most) {
        nanos = new long[most];
    }

    void add(long length) {
        int i = answered.getAndIncrement();
        if (i < nanos.length) {
            nanos[i] = length;
        }
    }

    void fail() {
        failed.incrementAndGet();
    }

    /** Until all have ended, or some seconds. */
    void await() {
        for (int i = 0; i < 50 && answered.get() + failed.get() < nanos.length; i++) {
            LockSupport.parkNanos(100_000_000);
        }
    }

    int answered() {
        return answered.get();
    }

    int failed() {
        return failed.get();
    }

    /** NaN where there was no call. */
    double millis(double quantile) {
        return quantile(0, kept(), quantile) / 1e6;
    }

    /**
     * p99 over p50 in that fifth of the time in which it was least: what the product itself does comes again in each, what else the
     * machine does mostly not. NaN where there was no call.
     */
    double bestTail() {
        int length = kept() / PARTS;
        double best = Double.NaN;
        for (int part = 0; part < PARTS && length > 0; part++) {
            double tail = quantile(part * length, (part + 1) * length, 0.99)
                    / quantile(part * length, (part + 1) * length, 0.5);
            best = Double.isNaN(best) ? tail : Math.min(best, tail);
        }
        return best;
    }

    private int kept() {
        return Math.min(answered.get(), nanos.length);
    }

    private double quantile(int from, int to, double quantile) {
        if (from == to) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOfRange(nanos, from, to);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))];
    }
}
