package io.nimscaler.exposition;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One line of a body that has a value: a series, its value and perhaps a time.
 *
 * @param name the metric's name, not empty
 * @param labels in the order in which they were written
 * @param value as written: may be NaN or infinite, so check it before computing with it
 * @param timestampMillis the exporter's own time of the sample, which hardly any exporter writes
 * @param type what the line before says that the metric is, of which this may be a part ({@code _sum} of a summary)
 */
public record SampleLine(
        String name, Map<String, String> labels, double value, OptionalLong timestampMillis, MetricType type) {
    public SampleLine {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is empty, must be a metric name");
        }
        labels = WrittenLabels.of(labels);
    }

    /** One of which no type is known. */
    public SampleLine(String name, Map<String, String> labels, double value, OptionalLong timestampMillis) {
        this(name, labels, value, timestampMillis, MetricType.UNKNOWN);
    }

    /** The number that this label holds, read as a value is ({@code +Inf} and {@code inf} are the same); empty: none. */
    public OptionalDouble number(String label) {
        return Decimal.of(labels.getOrDefault(label, ""));
    }
}
