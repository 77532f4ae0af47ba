package io.nimscaler.signal;

import io.nimscaler.exposition.Foreign;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.NoMetric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A series name, and the labels that a series must have to count.
 *
 * @param labels empty for most
 * @param elsewhere queues of an engine's roles that belong to this one; empty for most
 */
public record SeriesSelector(String seriesName, Map<String, String> labels, Optional<RoleQueues> elsewhere) {

    /** The label by which engines name the model they serve. */
    private static final String MODEL_NAME = "model_name";

    /** Triton's. */
    private static final String MODEL = "model";

    public SeriesSelector {
        labels = Map.copyOf(labels);
    }

    static SeriesSelector of(String seriesName) {
        return new SeriesSelector(seriesName, Map.of(), Optional.empty());
    }

    static SeriesSelector of(String seriesName, String label, String value) {
        return new SeriesSelector(seriesName, Map.of(label, value), Optional.empty());
    }

    /** The queue of an SGLang server. */
    static SeriesSelector ofQueue(String prefix, String seriesName) {
        return new SeriesSelector(prefix + seriesName, Map.of(), Optional.of(new RoleQueues(prefix)));
    }

    Stream<String> seriesNames() {
        return Stream.concat(Stream.of(seriesName), elsewhere.stream().flatMap(RoleQueues::seriesNames));
    }

    boolean matches(SampleLine series) {
        return series.name().equals(seriesName)
                && (labels.isEmpty() || series.labels().entrySet().containsAll(labels.entrySet()));
    }

    /** Those of these lines that it selects. */
    List<SampleLine> in(List<SampleLine> body) {
        return Lines.of(body, this::matches);
    }

    /** Those of this {@code model_name}, or {@code model} where they have none; empty: any. */
    static List<SampleLine> ofModel(List<SampleLine> series, Optional<String> modelName) {
        return modelName.isEmpty()
                ? series
                : Lines.of(series, one -> modelName.get().equals(modelOf(one)));
    }

    private static String modelOf(SampleLine series) {
        return series.labels().getOrDefault(MODEL_NAME, series.labels().getOrDefault(MODEL, ""));
    }

    /**
     * @param named the series of that name
     */
    static NoMetric noSuchModel(String seriesName, Optional<String> modelName, List<SampleLine> named) {
        List<String> there = named.stream()
                .map(SeriesSelector::modelOf)
                .filter(model -> !model.isEmpty())
                .distinct()
                .toList();
        String instead = there.isEmpty()
                ? "; its series name no model: remove modelName"
                : "; there is " + Foreign.quoted(there);
        return new NoMetric(
                seriesName + " has no series with " + MODEL_NAME + " = \"" + modelName.orElse("") + "\"" + instead);
    }

    /** What a body says of one series twice, and differently: it is not known which of the two is right. */
    static BadValue twoValues(String seriesName, double one, double other) {
        return new BadValue(seriesName + " = " + one + " and " + other + ", expected one value for one set of labels");
    }
}
