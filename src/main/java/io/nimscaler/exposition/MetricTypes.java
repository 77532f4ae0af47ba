package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** What the {@code # TYPE} lines of one body say of the wanted metrics. */
final class MetricTypes {

    private final MetricNames wanted;

    /** Of which metrics there was a line, by {@link MetricNames#family}; as many as {@link #told}. */
    private int[] families = new int[8];

    /** What the last one said of the metric itself. */
    private MetricType[] own = new MetricType[8];

    /** What the first one that was no gauge's said of its parts; a gauge: there was none. */
    private MetricType[] ofParts = new MetricType[8];

    private int told;

    MetricTypes(MetricNames wanted) {
        this.wanted = wanted;
    }

    MetricType of(String name) {
        int family = told == 0 ? -1 : wanted.family(name);
        if (family < 0) {
            return MetricType.UNKNOWN;
        }
        int itself = indexOf(family);
        if (itself >= 0) {
            return own[itself];
        }
        int whole = indexOf(wanted.wholeOf(family));
        return whole >= 0 && ofParts[whole] != MetricType.GAUGE ? ofParts[whole] : MetricType.UNKNOWN;
    }

    void clear() {
        told = 0;
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
        int family = wanted.family(bytes, nameStart, nameEnd);
        if (family >= 0 && typeEnd - typeStart <= "histogram".length()) {
            tell(family, MetricType.of(new String(bytes, typeStart, typeEnd - typeStart, ISO_8859_1)));
        }
    }

    private void tell(int family, MetricType type) {
        int i = indexOf(family);
        if (i < 0) {
            i = told++;
            if (i == families.length) {
                families = Arrays.copyOf(families, 2 * i);
                own = Arrays.copyOf(own, 2 * i);
                ofParts = Arrays.copyOf(ofParts, 2 * i);
            }
            families[i] = family;
            ofParts[i] = MetricType.GAUGE;
        }
        own[i] = type;
        ofParts[i] = ofParts[i] == MetricType.GAUGE ? type : ofParts[i];
    }

    private int indexOf(int family) {
        for (int i = 0; i < told; i++) {
            if (families[i] == family) {
                return i;
            }
        }
        return -1;
    }

    private static int tokenEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && !Cursor.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }
}
