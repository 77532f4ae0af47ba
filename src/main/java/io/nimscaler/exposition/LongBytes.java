package io.nimscaler.exposition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Scans a body eight bytes at a time, with the first byte in the lowest place. It does not use the Vector API. */
final class LongBytes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long NEWLINES = ONES * '\n';

    private LongBytes() {}

    static long at(byte[] bytes, int index) {
        return (long) LONGS.get(bytes, index);
    }

    /**
     * Index of the first newline in {@code [from, to)}, or {@code to}.
     *
     * <p>A byte of {@code x} is zero where the body has a newline. Subtracting one from each byte sets the high bit of the
     * zero bytes; a borrow may also set that of a byte above one, never below, so the lowest hit is always right.
     */
    static int nextNewline(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long x = at(bytes, i) ^ NEWLINES;
            long hits = (x - ONES) & ~x & HIGH_BITS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < to && bytes[i] != '\n') {
            i++;
        }
        return i;
    }
}
