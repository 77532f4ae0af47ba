package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.exposition.SeriesIdentity;
import io.nimscaler.signal.Measurement.BadValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one body says of a counter: the value of each of its series, and those of processes that count the same once. */
sealed interface CounterSeries {

    /** Each is kept until the next scrape; engines have some 100 at most, by rank and reason. */
    int MOST = 1024;

    /** Of heap, of each series that is kept: what it is found by, which pods with the same labels share, its value, and its place. */
    long BYTES_OF_ONE = 75;

    /** By series; of no lines none. */
    record Values(Map<SeriesIdentity, Double> bySeries) implements CounterSeries {

        /** It is kept of each pod, and what does not change takes half of the memory. */
        public Values {
            bySeries = Map.copyOf(bySeries);
        }
    }

    /** None of it counts. */
    record Wrong(BadValue why) implements CounterSeries {}

    /**
     * Reads it.
     *
     * @param counter its name, for what is said of it
     * @param lines of that name
     */
    static CounterSeries of(String counter, List<SampleLine> lines) {
        if (lines.size() > MOST) {
            return wrong(counter + ": expected at most " + MOST + " series, got " + lines.size());
        }
        Optional<BadValue> noCounter = TypeCheck.asCounter(lines);
        if (noCounter.isPresent()) {
            return new Wrong(noCounter.get());
        }
        for (SampleLine line : lines) {
            Optional<String> objection = Plausible.objectionToCounter(line.value());
            if (objection.isPresent()) {
                return wrong(counter + " = " + line.value() + ", " + objection.get());
            }
        }
        if (lines.size() == 1) {
            SampleLine only = lines.getFirst();
            return new Values(Map.of(SeriesIdentity.of(only.labels()), only.value()));
        }
        Map<SeriesIdentity, Double> values = HashMap.newHashMap(lines.size());
        for (SampleLine line : lines) {
            Double before = values.put(SeriesIdentity.of(line.labels()), line.value());
            if (before != null && before != line.value()) {
                return new Wrong(SeriesSelector.twoValues(counter, before, line.value()));
            }
        }
        return new Values(Copies.OF_RANKS.areIn(lines) ? withoutCopies(lines) : values);
    }

    private static Map<SeriesIdentity, Double> withoutCopies(List<SampleLine> lines) {
        Map<Map<String, String>, Double> values = HashMap.newHashMap(lines.size());
        lines.forEach(line -> values.put(line.labels(), line.value()));
        Map<SeriesIdentity, Double> merged = HashMap.newHashMap(lines.size());
        Copies.OF_RANKS.merge(values).forEach((labels, value) -> merged.put(SeriesIdentity.of(labels), value));
        return merged;
    }

    private static Wrong wrong(String why) {
        return new Wrong(new BadValue(why));
    }
}
