package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Map;

/** What the {@code # TYPE} lines of one body say of the wanted metrics. */
final class MetricTypes {

    /** What follows the name of a counter, a histogram or a summary in the names of its series. */
    private static final String[] PARTS = {"_total", "_bucket", "_sum", "_count"};

    private final MetricNames wanted;
    private final Map<String, MetricType> types = new HashMap<>();

    MetricTypes(MetricNames wanted) {
        this.wanted = wanted;
    }

    MetricType of(String name) {
        return types.getOrDefault(name, MetricType.UNKNOWN);
    }

    void clear() {
        types.clear();
    }

    /** A comment; only one that tells the type of a wanted metric, or of what a wanted one is a part of, is kept. */
    void read(byte[] bytes, int from, int to) {
        if (wanted.isAny() || !MetricNames.isTypeLine(bytes, from, to)) {
            return;
        }
        int nameStart = from + MetricNames.TYPE_LINE.length();
        int nameEnd = tokenEnd(bytes, nameStart, to);
        int typeStart = nameEnd;
        while (typeStart < to && Cursor.isBlank(bytes[typeStart])) {
            typeStart++;
        }
        int typeEnd = tokenEnd(bytes, typeStart, to);
        if (!wanted.isFamily(bytes, nameStart, nameEnd) || typeEnd - typeStart > "histogram".length()) {
            return;
        }
        String name = new String(bytes, nameStart, nameEnd - nameStart, ISO_8859_1);
        MetricType type = MetricType.of(new String(bytes, typeStart, typeEnd - typeStart, ISO_8859_1));
        types.put(name, type);
        if (type != MetricType.GAUGE) {
            for (String part : PARTS) {
                types.putIfAbsent(name + part, type);
            }
        }
    }

    private static int tokenEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && !Cursor.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }
}
