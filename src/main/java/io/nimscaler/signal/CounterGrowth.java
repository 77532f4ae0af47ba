package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * By how much one pod's counter has grown since it was first read, its series summed, and those of processes that count the same once.
 *
 * <p>A counter that is lower than before was reset by a restart, and has counted from 0 since. Of a series that is new, what it had
 * counted before is not known, and does not count.
 */
final class CounterGrowth {

    /** Each is kept until the next scrape; engines have some 100 at most, by rank and reason. */
    private static final int MOST_SERIES = 1024;

    private Map<SeriesIdentity, Double> last = Map.of();
    private double total;
    private boolean goesOn;

    /**
     * Takes the latest scrape into account.
     *
     * @param counter its name, for what is said of it
     * @param series of that name, at least one
     * @return what is wrong with them, and then they are not taken into account; empty: nothing
     */
    Optional<BadValue> read(String counter, List<SampleLine> series) {
        if (series.size() > MOST_SERIES) {
            return Optional.of(
                    new BadValue(counter + ": expected at most " + MOST_SERIES + " series, got " + series.size()));
        }
        Optional<BadValue> noCounter = TypeCheck.asCounter(series);
        if (noCounter.isPresent()) {
            return noCounter;
        }
        Map<Map<String, String>, Double> now = new HashMap<>();
        for (SampleLine one : series) {
            Optional<String> objection = Plausible.objectionToCounter(one.value());
            if (objection.isPresent()) {
                return Optional.of(new BadValue(counter + " = " + one.value() + ", " + objection.get()));
            }
            Double before = now.put(one.labels(), one.value());
            if (before != null && before != one.value()) {
                return Optional.of(SeriesSelector.twoValues(counter, before, one.value()));
            }
        }
        Map<SeriesIdentity, Double> merged = new HashMap<>();
        Copies.OF_RANKS.merge(now).forEach((labels, value) -> merged.put(SeriesIdentity.of(labels), value));
        OptionalDouble most = merged.entrySet().stream()
                .mapToDouble(one -> increase(one.getKey(), one.getValue()))
                .max();
        if (most.orElse(0) > Plausible.MOST) {
            return Optional.of(new BadValue(counter + " grew by " + most.orElse(0)
                    + " between two scrapes, expected at most " + Plausible.MOST));
        }
        goesOn = merged.keySet().stream().anyMatch(last::containsKey);
        merged.forEach((labels, value) -> total += increase(labels, value));
        last = merged;
        return Optional.empty();
    }

    private double increase(SeriesIdentity series, double value) {
        double before = last.getOrDefault(series, value);
        return value >= before ? value - before : value;
    }

    /** Whether a series of the latest scrape was there at the one before. */
    boolean goesOn() {
        return goesOn;
    }

    /** Since the first scrape. */
    double total() {
        return total;
    }
}
