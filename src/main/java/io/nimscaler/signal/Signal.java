package io.nimscaler.signal;

import io.nimscaler.exposition.Series;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is read of one pod, under whatever name its engine gives it.
 *
 * @param name the name that a user knows it by
 * @param kind decides how several series of one pod become one value
 * @param sources where it stands, most preferred first: of several names in one body only the first present counts, for
 *     vLLM 0.10 exposes the same gauge under two names
 */
public record Signal(String name, Kind kind, List<Source> sources) {

    /** The label by which engines name the model they serve. */
    private static final String MODEL_NAME = "model_name";

    /** A ratio may be over 1 by rounding, not by more. */
    private static final double MAX_RATIO = 1.05;

    /** How the values of several series (data-parallel engines of one pod) are put together. */
    public enum Kind {
        /** A share of something, 0..1: the mean. */
        RATIO,
        /** An amount: the sum. */
        COUNT
    }

    /**
     * A series name, and the labels that a series must have to count.
     *
     * @param labels empty for most
     */
    public record Source(String seriesName, Map<String, String> labels) {

        public Source {
            labels = Map.copyOf(labels);
        }

        static Source of(String seriesName) {
            return new Source(seriesName, Map.of());
        }

        boolean matches(Series series) {
            return series.name().equals(seriesName)
                    && labels.entrySet().stream()
                            .allMatch(label ->
                                    label.getValue().equals(series.labels().get(label.getKey())));
        }
    }

    public Signal {
        sources = List.copyOf(sources);
    }

    /** The names that a reader must keep. */
    public List<String> seriesNames() {
        return sources.stream().map(Source::seriesName).distinct().toList();
    }

    /**
     * One pod's value from one body.
     *
     * @param modelName only series of this {@code model_name}; empty: any
     */
    public Measurement measure(List<Series> body, Optional<String> modelName, Instant readAt) {
        for (Source source : sources) {
            List<Series> named = body.stream().filter(source::matches).toList();
            if (!named.isEmpty()) {
                return measureNamed(named, modelName, readAt);
            }
        }
        return new NoMetric("no series " + String.join(" or ", seriesNames()));
    }

    private Measurement measureNamed(List<Series> named, Optional<String> modelName, Instant readAt) {
        List<Series> wanted = modelName.isEmpty()
                ? named
                : named.stream()
                        .filter(series -> modelName.get().equals(series.labels().get(MODEL_NAME)))
                        .toList();
        if (wanted.isEmpty()) {
            return new NoMetric(
                    named.getFirst().name() + " has no series with " + MODEL_NAME + " = " + quoted(modelName));
        }
        Map<Map<String, String>, Double> values = new HashMap<>();
        Instant oldest = readAt;
        for (Series series : wanted) {
            Optional<String> wrong = whatIsWrongWith(series.value());
            if (wrong.isPresent()) {
                return new BadValue(series.name() + " = " + series.value() + ", " + wrong.get());
            }
            Double before = values.put(series.labels(), series.value());
            if (before != null && before != series.value()) {
                return new BadValue(series.name() + " = " + before + " and " + series.value()
                        + ", expected one value for one set of labels");
            }
            if (series.timestampMillis().isPresent()) {
                Instant written = Instant.ofEpochMilli(series.timestampMillis().getAsLong());
                oldest = written.isBefore(oldest) ? written : oldest;
            }
        }
        double sum = values.values().stream().mapToDouble(Double::doubleValue).sum();
        return new Measured(new Sample(kind == Kind.RATIO ? sum / values.size() : sum, oldest));
    }

    private Optional<String> whatIsWrongWith(double value) {
        if (!Double.isFinite(value)) {
            return Optional.of("expected a finite number");
        }
        if (value < 0) {
            return Optional.of("expected at least 0");
        }
        if (kind == Kind.RATIO && value > MAX_RATIO) {
            return Optional.of(
                    "expected a ratio of at most 1 (1 means 100 %)" + (value <= 100 ? "; is it in percent?" : ""));
        }
        return Optional.empty();
    }

    private static String quoted(Optional<String> text) {
        return "\"" + text.orElse("") + "\"";
    }
}
