package io.nimscaler.exposition;

/** What the {@code # TYPE} line of a metric says that it is. */
public enum MetricType {
    /** There is no such line, or it says {@code untyped}, {@code unknown} or what is not told apart here. */
    UNKNOWN,
    GAUGE,
    COUNTER,
    HISTOGRAM,
    SUMMARY;

    static MetricType of(String word) {
        return switch (word) {
            case "gauge" -> GAUGE;
            case "counter" -> COUNTER;
            case "histogram" -> HISTOGRAM;
            case "summary" -> SUMMARY;
            default -> UNKNOWN;
        };
    }
}
