package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.List;
import java.util.Optional;

/**
 * A counter of an engine.
 *
 * @param names most preferred first; of several in one body only the first present counts
 */
record Counter(List<String> names) {

    Counter {
        names = List.copyOf(names);
    }

    Counter(String... names) {
        this(List.of(names));
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
                List<SampleLine> wanted = Copies.withoutBreakdown(SeriesSelector.ofModel(named, modelName));
                return !wanted.isEmpty() && growth.read(name, wanted).isEmpty();
            }
        }
        return false;
    }
}
