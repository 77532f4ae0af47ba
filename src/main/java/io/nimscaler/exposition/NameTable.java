package io.nimscaler.exposition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Finds the name at the beginning of a line by its first eight bytes, however many names there are. Shorter names are compared
 * one by one.
 */
final class NameTable {

    private final byte[][] names;
    private final int[] shorter;

    /** What no name begins with: the place is empty. */
    private final long none;

    /** The first eight bytes of names, each once, at its own place or the next free one; at least seven of eight places are empty. */
    private final long[] heads;

    /** Which names begin so. */
    private final int[][] byHead;

    NameTable(byte[][] names) {
        this.names = names;
        Map<Long, List<Integer>> lists = new LinkedHashMap<>();
        List<Integer> tooShort = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            (names[i].length < Long.BYTES
                            ? tooShort
                            : lists.computeIfAbsent(LongBytes.at(names[i], 0), _ -> new ArrayList<>()))
                    .add(i);
        }
        shorter = array(tooShort);
        none = LongStream.iterate(0, i -> i + 1)
                .filter(head -> !lists.containsKey(head))
                .findFirst()
                .orElseThrow();
        int places = Integer.highestOneBit(Math.max(lists.size(), 1)) * 16;
        heads = new long[places];
        Arrays.fill(heads, none);
        byHead = new int[places][];
        lists.forEach((head, indices) -> {
            int place = place(head);
            while (heads[place] != none) {
                place = next(place);
            }
            heads[place] = head;
            byHead[place] = array(indices);
        });
    }

    private static int[] array(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    private int place(long head) {
        return (int) (head * 0x9E3779B97F4A7C15L >>> 32) & heads.length - 1;
    }

    private int next(int place) {
        return place + 1 & heads.length - 1;
    }

    /** Which of the names stands at {@code from}, a blank, a brace or the end after it; -1: none. */
    int at(byte[] bytes, int from, int to) {
        return find(bytes, from, to, false);
    }

    /** Which of the names these bytes are; -1: none. */
    int of(byte[] bytes, int from, int to) {
        return find(bytes, from, to, true);
    }

    private int find(byte[] bytes, int from, int to, boolean whole) {
        int found = find(shorter, bytes, from, to, whole);
        if (found >= 0) {
            return found;
        }
        if (from <= to - Long.BYTES) {
            long head = LongBytes.at(bytes, from);
            int place = place(head);
            // Nearly every line ends here: one look, and what is there is none
            while (heads[place] != none) {
                if (heads[place] == head) {
                    return find(byHead[place], bytes, from, to, whole);
                }
                place = next(place);
            }
        }
        return -1;
    }

    private int find(int[] indices, byte[] bytes, int from, int to, boolean whole) {
        for (int i : indices) {
            if (isAt(names[i], bytes, from, to, whole)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] name, byte[] bytes, int from, int to, boolean whole) {
        int end = from + name.length;
        return (end == to || !whole && end < to && (Cursor.isBlank(bytes[end]) || bytes[end] == '{'))
                && Arrays.equals(name, 0, name.length, bytes, from, end);
    }
}
