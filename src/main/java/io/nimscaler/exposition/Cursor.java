package io.nimscaler.exposition;

import org.jspecify.annotations.Nullable;

/**
 * A place in a line, and what went wrong there.
 *
 * <p>Each {@code fail} notes what was expected and what came, and returns false, so that a step of the parser can end with
 * it.
 */
final class Cursor {
    static final int END = -1;
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int start;
    private int position;
    private int end;
    private int column;
    private @Nullable String reason;
    private boolean overLimit;

    void reset(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        start = from;
        position = from;
        end = to;
        reason = null;
        overLimit = false;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    int end() {
        return end;
    }

    /** The byte at the cursor, 0 to 255, or {@link #END}. */
    int peek() {
        return position < end ? bytes[position] & 0xff : END;
    }

    void skip() {
        position++;
    }

    void skipTo(int target) {
        position = target;
    }

    void skipBlanks() {
        while (isBlank(peek())) {
            position++;
        }
    }

    /** Skips to the next blank or opening brace, where in Prometheus too a name or a value ends. */
    void skipToken() {
        while (position < end && !isBlank(bytes[position]) && bytes[position] != '{') {
            position++;
        }
    }

    void skipDigits() {
        while (isDigit(peek())) {
            position++;
        }
    }

    void skipMetricName() {
        for (int first = position; isLetter(peek()) || peek() == ':' || position > first && isDigit(peek()); ) {
            position++;
        }
    }

    void skipLabelName() {
        for (int first = position; isLetter(peek()) || position > first && isDigit(peek()); ) {
            position++;
        }
    }

    boolean fail(String expected) {
        return fail(position, expected, QuotedBytes.at(bytes, position, end));
    }

    boolean failToken(int from, int to, String expected) {
        return fail(from, expected, from == to ? QuotedBytes.at(bytes, from, end) : QuotedBytes.token(bytes, from, to));
    }

    /** The same for what is in the format, but over a limit. */
    boolean exceedToken(int from, int to, String expected) {
        overLimit = true;
        return failToken(from, to, expected);
    }

    boolean fail(int at, String expected, String got) {
        column = at - start + 1;
        reason = "expected " + expected + ", got " + got;
        return false;
    }

    /** Where the line is broken, if it is. */
    Line.@Nullable Broken broken() {
        return reason == null ? null : new Line.Broken(column, reason, overLimit);
    }

    static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }
}
