package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names of the metrics of one body, with or without series, and their types: as many, and as long, as may be. */
final class Survey {

    private static final int MOST_NAMES = 2000;

    private static final int LONGEST_NAME = 100;

    /** What a name takes in memory beside its characters, over what a kept line takes: a sixth of an entry with its string. */
    private static final int BYTES_OF_A_NAME = 30;

    private final Map<String, MetricType> names = new LinkedHashMap<>();

    private int kept;

    /** What it keeps, in bytes of kept lines. */
    int bytes() {
        return kept;
    }

    Map<String, MetricType> names() {
        return Map.copyOf(names);
    }

    void clear() {
        names.clear();
        kept = 0;
    }

    void note(byte[] bytes, int from, int to) {
        boolean typed = MetricNames.isTypeLine(bytes, from, to);
        int start = typed ? from + MetricNames.TYPE_LINE.length() : from;
        int end = start;
        while (end < to && isOfName(bytes[end])) {
            end++;
        }
        boolean ends = end == to || Cursor.isBlank(bytes[end]) || bytes[end] == '{' || bytes[end] == '\r';
        if (end == start || !ends || end - start > LONGEST_NAME || Cursor.isDigit(bytes[start])) {
            return;
        }
        String name = new String(bytes, start, end - start, ISO_8859_1);
        if (names.size() < MOST_NAMES || names.containsKey(name)) {
            MetricType type =
                    typed ? MetricType.of(new String(bytes, end, to - end, ISO_8859_1).strip()) : MetricType.UNKNOWN;
            kept += names.containsKey(name) ? 0 : name.length() + BYTES_OF_A_NAME;
            names.merge(name, type, (known, now) -> known == MetricType.UNKNOWN ? now : known);
        }
    }

    private static boolean isOfName(int c) {
        return Cursor.isLetter(c) || Cursor.isDigit(c) || c == ':';
    }
}
