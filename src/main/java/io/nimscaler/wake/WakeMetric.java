package io.nimscaler.wake;

import io.nimscaler.exposition.MetricExpression;
import io.nimscaler.exposition.SampleLine;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which series of a source show demand, and how.
 *
 * @param series name of the series
 * @param isCounter demand is its growth from one reading to the next; of a gauge it is the value itself
 * @param modelLabel the label by which the source tells models apart
 * @param activation more than this is demand
 * @param absentIsZero what a readable body without the series means: no demand, or nothing that is known. Servers in Go show
 *     a labelled series only once there was a request; but of a name that is misspelt, or was changed, there is none either
 * @param matchers only series whose labels are all so; empty: any
 */
public record WakeMetric(
        String series,
        boolean isCounter,
        String modelLabel,
        double activation,
        boolean absentIsZero,
        List<LabelMatcher> matchers) {

    public WakeMetric {
        matchers = List.copyOf(matchers);
        if (!Double.isFinite(activation) || activation < 0) {
            throw new IllegalArgumentException("activation = " + activation + ", must be finite and at least 0");
        }
    }

    /** Any series of the name. */
    public WakeMetric(String series, boolean isCounter, String modelLabel, double activation, boolean absentIsZero) {
        this(series, isCounter, modelLabel, activation, absentIsZero, List.of());
    }

    /** The same of series whose labels are all so. */
    public WakeMetric matching(List<LabelMatcher> others) {
        return new WakeMetric(series, isCounter, modelLabel, activation, absentIsZero, others);
    }

    boolean isShownBy(SampleLine line) {
        return line.name().equals(series) && matchers.stream().allMatch(matcher -> matcher.matches(line.labels()));
    }

    /** The series as it is selected, such as {@code queue_size{priority!=-1}}. */
    String selection() {
        return matchers.isEmpty()
                ? series
                : series + matchers.stream().map(LabelMatcher::toString).collect(Collectors.joining(",", "{", "}"));
    }

    /**
     * From its text: the name of a gauge, or {@code rate(NAME)} of a counter. A name that ends in {@code _total} is a
     * counter's in either writing, as in OpenMetrics.
     *
     * @return empty: it is neither
     */
    public static Optional<WakeMetric> of(String text, String modelLabel, double activation, boolean absentIsZero) {
        return MetricExpression.of(text)
                .map(metric -> new WakeMetric(
                        metric.name(),
                        metric.isRate() || metric.name().endsWith("_total"),
                        modelLabel,
                        activation,
                        absentIsZero));
    }
}
