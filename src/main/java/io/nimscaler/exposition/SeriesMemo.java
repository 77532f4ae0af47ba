package io.nimscaler.exposition;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the beginnings of lines, {@code name{…}}, with the name and labels that were read from them. A pod writes the same
 * beginnings at each scrape, and pods of one model write the same as each other. So name and labels need not be made again.
 * Equal bytes are always read in the same way, so the result does not depend on what is remembered.
 *
 * <p>Bounded, because a pod chooses what it writes: 1,024 beginnings of at most 1,024 bytes, 256 kB together. A new one then
 * replaces another. Not thread-safe; all readers of a thread share one.
 */
public final class SeriesMemo {

    private static final int PLACES = 1024;
    private static final int LONGEST = 1024;
    private static final int MOST_BYTES = 256 << 10;

    /** Longer than any value with a timestamp. */
    private static final int LONGEST_REST = 64;

    private static final long MIX = 0x9E3779B97F4A7C15L;

    /**
     * One beginning.
     *
     * @param written its bytes
     * @param labels not empty
     */
    record Beginning(byte[] written, String name, Map<String, String> labels) {}

    private final @Nullable Beginning[] places = new Beginning[PLACES];
    private int bytes;

    /**
     * Where the beginning of a line ends if it is one that may be remembered, else -1: after its last brace. The brace of an exemplar it
     * may be, too; no beginning was read as that.
     */
    static int endOf(byte[] line, int from, int to) {
        int i = to - 1;
        int least = Math.max(from, to - LONGEST_REST);
        while (i >= least && line[i] != '}') {
            i--;
        }
        return i >= least && i - from < LONGEST ? i + 1 : -1;
    }

    /** Length of all beginnings that it holds. */
    int bytes() {
        return bytes;
    }

    /** The one that has these bytes; null: it is not remembered. */
    @Nullable
    Beginning find(byte[] line, int from, int end) {
        Beginning there = places[place(line, from, end)];
        return there != null && Arrays.equals(there.written, 0, there.written.length, line, from, end) ? there : null;
    }

    void remember(byte[] line, int from, int end, String name, Map<String, String> labels) {
        if (bytes + (end - from) > MOST_BYTES) {
            Arrays.fill(places, null);
            bytes = 0;
        }
        int place = place(line, from, end);
        Beginning before = places[place];
        bytes += end - from - (before == null ? 0 : before.written.length);
        places[place] = new Beginning(Arrays.copyOfRange(line, from, end), name, labels);
    }

    private static int place(byte[] line, int from, int end) {
        long hash = end - from;
        int i = from;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            hash = (hash ^ LongBytes.at(line, i)) * MIX;
        }
        for (; i < end; i++) {
            hash = (hash ^ line[i]) * MIX;
        }
        return (int) ((hash ^ hash >>> 32) * MIX >>> 54);
    }
}
