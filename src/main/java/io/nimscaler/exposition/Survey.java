package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds out what kind of text one body is and which metrics it has, with series or without. The number and the length of names
 * are bounded.
 */
final class Survey {

    private static final int MOST_NAMES = 2000;

    private static final byte GZIP_0 = 0x1f;

    private static final byte GZIP_1 = (byte) 0x8b;

    private static final int LONGEST_NAME = 100;

    /** What a name takes in memory beside its characters, over what a kept line takes: a sixth of an entry with its string. */
    private static final int BYTES_OF_A_NAME = 30;

    private final Map<String, MetricType> names = new LinkedHashMap<>();

    private Contents.Form form = Contents.Form.EMPTY;

    private int kept;

    /** What it keeps, in bytes of kept lines. */
    int bytes() {
        return kept;
    }

    Contents contents() {
        return new Contents(form, names);
    }

    void clear() {
        names.clear();
        form = Contents.Form.EMPTY;
        kept = 0;
    }

    void note(byte[] bytes, int from, int to) {
        if (form == Contents.Form.EMPTY) {
            form = formOf(bytes, from, to);
        }
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

    /** By the first line that is not blank. */
    private static Contents.Form formOf(byte[] bytes, int from, int to) {
        int start = skipBlanks(bytes, from, to);
        if (start == to) {
            return Contents.Form.EMPTY;
        }
        return switch (bytes[start]) {
            case '<' -> Contents.Form.HTML;
            case '[' -> Contents.Form.JSON;
            case '{' -> isObject(bytes, start + 1, to) ? Contents.Form.JSON : Contents.Form.TEXT;
            case GZIP_0 -> start + 1 < to && bytes[start + 1] == GZIP_1 ? Contents.Form.GZIP : Contents.Form.TEXT;
            default -> Contents.Form.TEXT;
        };
    }

    /** Series may begin with <code>{"name"</code>, too, but a colon never follows. */
    private static boolean isObject(byte[] bytes, int from, int to) {
        int start = skipBlanks(bytes, from, to);
        if (start == to || bytes[start] == '}') {
            return true;
        }
        if (bytes[start] != '"') {
            return false;
        }
        int end = start + 1;
        while (end < to && bytes[end] != '"') {
            end += bytes[end] == '\\' ? 2 : 1;
        }
        int next = skipBlanks(bytes, Math.min(end + 1, to), to);
        return next < to && bytes[next] == ':';
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (Cursor.isBlank(bytes[at]) || bytes[at] == '\r')) {
            at++;
        }
        return at;
    }

    private static boolean isOfName(int c) {
        return Cursor.isLetter(c) || Cursor.isDigit(c) || c == ':';
    }
}
