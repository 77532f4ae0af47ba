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

    /** Of heap, of each series that is kept: what it is found by, its value, and its place in a map. */
    long BYTES_OF_ONE = 90;

    /** By series; of no lines none. */
    record Values(Map<SeriesIdentity, Double> bySeries) implements CounterSeries {}

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
        Map<Map<String, String>, Double> values = new HashMap<>();
        for (SampleLine line : lines) {
            Optional<String> objection = Plausible.objectionToCounter(line.value());
            if (objection.isPresent()) {
                return wrong(counter + " = " + line.value() + ", " + objection.get());
            }
            Double before = values.put(line.labels(), line.value());
            if (before != null && before != line.value()) {
                return new Wrong(SeriesSelector.twoValues(counter, before, line.value()));
            }
        }
        Map<SeriesIdentity, Double> merged = HashMap.newHashMap(values.size());
        Copies.OF_RANKS.merge(values).forEach((labels, value) -> merged.put(SeriesIdentity.of(labels), value));
        return new Values(merged);
    }

    private static Wrong wrong(String why) {
        return new Wrong(new BadValue(why));
    }
}
