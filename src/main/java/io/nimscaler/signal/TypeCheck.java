package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a metric can be read as it was asked for, by its {@code # TYPE} line. Without such a line it can: many exporters have
 * none.
 */
final class TypeCheck {

    private TypeCheck() {}

    /** Why these series are no gauge: a counter only ever grows, and the parts of a histogram or summary are counters too. */
    static Optional<BadValue> asGauge(List<SampleLine> series) {
        for (SampleLine one : series) {
            Optional<BadValue> wrong = asGauge(one);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static Optional<BadValue> asGauge(SampleLine series) {
        String name = series.name();
        return switch (series.type()) {
            case UNKNOWN, GAUGE -> Optional.empty();
            case COUNTER ->
                wrong(name + " is a counter, which only ever grows; metric: rate(" + name + ") is by how much");
            case HISTOGRAM ->
                wrong(
                        isPart(name)
                                ? name + " is of a histogram; metric: " + name.substring(0, name.lastIndexOf('_'))
                                        + " with quantile is what it observed"
                                        + (name.endsWith("_bucket") ? "" : ", rate(" + name + ") by how much it grows")
                                : name + " is a histogram: add quantile");
            case SUMMARY ->
                wrong(
                        isPart(name)
                                ? name + " is of a summary and only ever grows; metric: rate(" + name
                                        + ") is by how much"
                                : name + " is a summary, whose quantiles do not add up; metric: rate(" + name
                                        + "_count) is how many it observes a second");
        };
    }

    /** Why these series are no counter; a name that ends like a counter's is no gauge, whatever the exporter calls it. */
    static Optional<BadValue> asCounter(List<SampleLine> series) {
        for (SampleLine one : series) {
            Optional<BadValue> wrong = asCounter(one);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static Optional<BadValue> asCounter(SampleLine series) {
        String name = series.name();
        return switch (series.type()) {
            case UNKNOWN, COUNTER -> Optional.empty();
            case GAUGE ->
                name.endsWith("_total")
                        ? Optional.empty()
                        : wrong(name + " is a gauge, which also falls; metric: " + name + " is its value");
            case HISTOGRAM, SUMMARY ->
                isPart(name)
                        ? Optional.empty()
                        : wrong(name + " is a " + series.type().name().toLowerCase(Locale.ROOT) + "; metric: rate("
                                + name + "_count) is how many it observes a second");
        };
    }

    private static boolean isPart(String name) {
        return name.endsWith("_bucket") || name.endsWith("_sum") || name.endsWith("_count");
    }

    private static Optional<BadValue> wrong(String detail) {
        return Optional.of(new BadValue(detail));
    }
}
