package io.nimscaler.exposition;

/** What {@link LineParser} makes of one line. */
sealed interface Line {

    /** A well-formed sample of a wanted metric. */
    record Wanted(SampleLine series) implements Line {}

    /** A blank line, a comment, or a line, well-formed or not, of another metric. */
    enum Unwanted implements Line {
        UNWANTED
    }

    /**
     * A line of a wanted metric that is malformed, or has more labels than may be.
     *
     * @param column counts bytes from 1
     */
    record Broken(int column, String reason, boolean overLimit) implements Line {}
}
