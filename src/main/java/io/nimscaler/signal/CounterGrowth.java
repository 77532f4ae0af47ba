package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.exposition.SeriesIdentity;
import io.nimscaler.signal.Measurement.BadValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * By how much one pod's counter has grown since it was first read. Its series are summed. Series of processes that count the
 * same count once.
 *
 * <p>A counter that is lower than before was reset by a restart, and has counted from 0 since. It is not known what a new series
 * had counted before, so that does not count.
 */
final class CounterGrowth {

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
        return switch (CounterSeries.of(counter, series)) {
            case CounterSeries.Wrong(BadValue why) -> Optional.of(why);
            case CounterSeries.Values(Map<SeriesIdentity, Double> values) -> grow(counter, values);
        };
    }

    private Optional<BadValue> grow(String counter, Map<SeriesIdentity, Double> values) {
        double most = 0;
        boolean anyBefore = false;
        for (Map.Entry<SeriesIdentity, Double> one : values.entrySet()) {
            most = Math.max(most, increase(one.getKey(), one.getValue()));
            anyBefore |= last.containsKey(one.getKey());
        }
        if (most > Plausible.MOST) {
            return Optional.of(new BadValue(
                    counter + " grew by " + most + " between two scrapes, expected at most " + Plausible.MOST));
        }
        goesOn = anyBefore;
        values.forEach((labels, value) -> total += increase(labels, value));
        last = values;
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

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return last.size() * CounterSeries.BYTES_OF_ONE;
    }
}
