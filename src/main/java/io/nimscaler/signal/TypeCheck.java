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
            case COUNTER -> wrong(name + " is a counter: write metric: rate(" + name + ")");
            case HISTOGRAM ->
                wrong(
                        isPart(name)
                                ? name + " is a part of a histogram: write metric: "
                                        + name.substring(0, name.lastIndexOf('_'))
                                        + " with quantile"
                                        + (name.endsWith("_bucket") ? "" : ", or metric: rate(" + name + ")")
                                : name + " is a histogram: add quantile");
            case SUMMARY ->
                wrong(
                        isPart(name)
                                ? name + " is a part of a summary: write metric: rate(" + name + ")"
                                : name
                                        + " is a summary, and its quantiles do not add up: for observations a second write metric: rate("
                                        + name + "_count)");
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
                        : wrong(name + " is a gauge, which may fall: write metric: " + name);
            case HISTOGRAM, SUMMARY ->
                isPart(name)
                        ? Optional.empty()
                        : wrong(name + " is a " + series.type().name().toLowerCase(Locale.ROOT)
                                + ": for observations a second write metric: rate(" + name + "_count)");
        };
    }

    private static boolean isPart(String name) {
        return name.endsWith("_bucket") || name.endsWith("_sum") || name.endsWith("_count");
    }

    private static Optional<BadValue> wrong(String detail) {
        return Optional.of(new BadValue(detail));
    }
}
