package io.nimscaler.exposition;

/** The format that a body says it has. The two formats differ in the unit of timestamps. */
public enum BodyFormat {
    /** {@code text/plain}: timestamps are whole milliseconds. */
    TEXT,
    /** {@code application/openmetrics-text}: timestamps are seconds, with or without a fraction. */
    OPEN_METRICS;

    /**
     * @param contentType the header's value; empty where there is none
     */
    public static BodyFormat of(String contentType) {
        String type = contentType.split(";", 2)[0].strip();
        return type.equalsIgnoreCase("application/openmetrics-text") ? OPEN_METRICS : TEXT;
    }
}
