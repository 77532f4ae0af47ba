package io.nimscaler.exposition;

import java.util.List;

/** What became of one body. */
public sealed interface Exposition {

    /**
     * Every wanted line was well-formed. A body without any wanted series is parsed too: an engine that has just started
     * answers 200 without its gauges, and that is not zero.
     *
     * @param series in the order of the body
     * @param bytes length of the body
     */
    record Parsed(List<Series> series, long bytes) implements Exposition {
        public Parsed {
            series = List.copyOf(series);
        }
    }

    /**
     * A wanted line was malformed, or a limit was exceeded; nothing of such a body is used.
     *
     * @param line counted from 1
     * @param column counted from 1, in bytes
     * @param reason what was expected and what came, printable and short whatever the body held
     */
    record Malformed(int line, int column, String reason) implements Exposition {

        /** For example {@code line 12, column 7: expected label value, got '\''}. */
        public String message() {
            return "line " + line + ", column " + column + ": " + reason;
        }
    }
}
