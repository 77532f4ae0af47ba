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
     * @param contents what else it has, where that was {@linkplain MetricNames#surveyed asked for}
     */
    record Parsed(List<SampleLine> series, long bytes, Contents contents) implements Exposition {
        public Parsed {
            series = List.copyOf(series);
        }

        /** Without a survey. */
        public Parsed(List<SampleLine> series, long bytes) {
            this(series, bytes, Contents.NOT_LOOKED_AT);
        }
    }

    /** Nothing of such a body is used, and nothing of it is cut to fit. */
    sealed interface Refused extends Exposition {

        /** Counted from 1. */
        int line();

        /** Counted from 1, in bytes. */
        int column();

        /** What was expected and what came, printable and short whatever the body held. */
        String reason();

        /** For example {@code line 12, column 7: expected label value, got '\''}. */
        default String message() {
            return "line " + line() + ", column " + column() + ": " + reason();
        }
    }

    /** A wanted line is not in the format. */
    record Malformed(int line, int column, String reason) implements Refused {}

    /** The body, a wanted line, its labels or the number of series are over one of the {@link ReadLimits}. */
    record TooLarge(int line, int column, String reason) implements Refused {}
}
