package io.nimscaler.exposition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Names, to be found where a line has one: by its first eight bytes, however many there are. Shorter ones are tried one by one. */
final class NameTable {

    private final byte[][] names;
    private final int[] shorter;
    private final int[][] byHead;

    NameTable(byte[][] names) {
        this.names = names;
        int places = Integer.highestOneBit(Math.max(names.length, 1)) * 8;
        List<List<Integer>> lists = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            lists.add(new ArrayList<>());
        }
        List<Integer> tooShort = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            boolean hasHead = names[i].length >= Long.BYTES;
            (hasHead ? lists.get(place(LongBytes.at(names[i], 0), places)) : tooShort).add(i);
        }
        byHead = lists.stream().map(NameTable::array).toArray(int[][]::new);
        shorter = array(tooShort);
    }

    private static int[] array(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int place(long head, int places) {
        return (int) (head * 0x9E3779B97F4A7C15L >>> 32) & places - 1;
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
        for (int i : shorter) {
            if (isAt(names[i], bytes, from, to, whole)) {
                return i;
            }
        }
        if (from <= to - Long.BYTES) {
            for (int i : byHead[place(LongBytes.at(bytes, from), byHead.length)]) {
                if (isAt(names[i], bytes, from, to, whole)) {
                    return i;
                }
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
