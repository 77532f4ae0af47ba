package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A counter of an engine.
 *
 * @param names most preferred first; of several in one body only the first present counts
 * @param labels that a series must have to count; empty for most
 */
record Counter(List<String> names, Map<String, String> labels) {

    Counter {
        names = List.copyOf(names);
        labels = Map.copyOf(labels);
    }

    Counter(String... names) {
        this(List.of(names), Map.of());
    }

    /** Of its series only those with this label. */
    Counter with(String label, String value) {
        return new Counter(names, Map.of(label, value));
    }

    /**
     * Takes one body into account.
     *
     * @return whether it has the counter, and one that can be
     */
    boolean read(CounterGrowth growth, List<SampleLine> body, Optional<String> modelName) {
        for (String name : names) {
            List<SampleLine> named = Lines.named(body, name);
            if (!named.isEmpty()) {
                List<SampleLine> labelled = labels.isEmpty()
                        ? named
                        : Lines.of(named, one -> one.labels().entrySet().containsAll(labels.entrySet()));
                List<SampleLine> wanted = Copies.withoutBreakdown(SeriesSelector.ofModel(labelled, modelName));
                return !wanted.isEmpty() && growth.read(name, wanted).isEmpty();
            }
        }
        return false;
    }
}
