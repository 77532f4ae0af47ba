package io.nimscaler.signal;

import io.nimscaler.exposition.Series;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A counter of an engine, its series summed.
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

    /** What it has counted; empty: it is not there, or is none. */
    OptionalDouble read(List<Series> body, Optional<String> modelName) {
        for (String name : names) {
            List<Series> named =
                    body.stream().filter(series -> series.name().equals(name)).toList();
            if (!named.isEmpty()) {
                return total(SeriesSelector.ofModel(named, modelName));
            }
        }
        return OptionalDouble.empty();
    }

    private static OptionalDouble total(List<Series> wanted) {
        Map<Map<String, String>, Double> values = new HashMap<>();
        for (Series series : wanted) {
            if (!Double.isFinite(series.value()) || series.value() < 0) {
                return OptionalDouble.empty();
            }
            values.merge(series.labels(), series.value(), Math::max);
        }
        return values.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Copies.OF_AN_ENGINE.merge(values).values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum());
    }
}
