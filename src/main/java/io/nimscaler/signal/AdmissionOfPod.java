package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.exposition.SeriesIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many requests one pod took and how many it refused for lack of capacity, from scrape to scrape. What can not be told counts as
 * neither. As with {@link CounterRate}, a counter that is lower than before was reset and has counted from 0 since, and of a new series it is
 * not known what it had counted before.
 *
 * <p>An engine that counts a request when it is done took as many as were done, and as many more as it has at work now.
 *
 * <p>Not thread-safe.
 */
public final class AdmissionOfPod {

    /** The names that a reader must keep. */
    public static final Set<String> SERIES_NAMES = Stream.concat(
                    RefusalCounters.ALL.stream().flatMap(RefusalCounters::seriesNames),
                    RequestsOfPod.SERIES_NAMES.stream())
            .collect(Collectors.toUnmodifiableSet());

    /** What stood in a body. */
    private record Counted(
            RefusalCounters by,
            Map<SeriesIdentity, Double> refused,
            Map<SeriesIdentity, Double> taken,
            double atWork,
            Instant at) {}

    private record Growth(double total, boolean reset) {}

    private final Optional<String> modelName;
    private final Duration window;
    private final RequestsOfPod requests;
    private Optional<Counted> last = Optional.empty();

    /**
     * @param modelName only of this model, where the engine says of which; empty: of any
     * @param window what was counted longer ago than this does not matter any more
     */
    public AdmissionOfPod(Optional<String> modelName, Duration window) {
        this.modelName = modelName;
        this.window = window;
        this.requests = new RequestsOfPod(modelName);
    }

    /**
     * Since the body before.
     *
     * @param body the series of {@link #SERIES_NAMES}, and possibly others
     * @return empty: it can not be told
     */
    public Optional<Admission> read(List<SampleLine> body, Instant scrapedAt) {
        Optional<Counted> now = count(body, scrapedAt);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Optional<Counted> before =
                last.filter(counted -> counted.by().equals(now.get().by())
                        && !counted.at().plus(window).isBefore(scrapedAt));
        last = now;
        return before.flatMap(counted -> between(counted, now.get()));
    }

    /** See {@link PodSignal#keptBytes}. */
    public long keptBytes() {
        return last.map(counted -> counted.refused().size() + counted.taken().size())
                        .orElse(0)
                * CounterSeries.BYTES_OF_ONE;
    }

    private Optional<Counted> count(List<SampleLine> body, Instant scrapedAt) {
        for (RefusalCounters counters : RefusalCounters.ALL) {
            if (counters.isIn(body)) {
                return count(counters, body, scrapedAt);
            }
        }
        return Optional.empty();
    }

    private Optional<Counted> count(RefusalCounters counters, List<SampleLine> body, Instant scrapedAt) {
        Optional<Map<SeriesIdentity, Double>> refused = values(counters.refused(), counters.refusals(body, modelName));
        List<SampleLine> takenSeries = counters.taken(body, modelName);
        Optional<Map<SeriesIdentity, Double>> taken = values(counters.taken(), takenSeries);
        OptionalDouble atWork = counters.countsAtTheEnd()
                ? requests.read(body, scrapedAt)
                        .map(read -> OptionalDouble.of(read.number()))
                        .orElse(OptionalDouble.empty())
                : OptionalDouble.of(0);
        return refused.isEmpty() || taken.isEmpty() || takenSeries.isEmpty() || atWork.isEmpty()
                ? Optional.empty()
                : Optional.of(new Counted(counters, refused.get(), taken.get(), atWork.getAsDouble(), scrapedAt));
    }

    private static Optional<Map<SeriesIdentity, Double>> values(String counter, List<SampleLine> series) {
        return CounterSeries.of(counter, series) instanceof CounterSeries.Values(Map<SeriesIdentity, Double> values)
                ? Optional.of(values)
                : Optional.empty();
    }

    private static Optional<Admission> between(Counted before, Counted now) {
        Growth refused = growth(before.refused(), now.refused());
        Growth done = growth(before.taken(), now.taken());
        // What was at work before a restart is lost
        double began = now.atWork() - (done.reset() ? 0 : before.atWork());
        double taken = done.total() + began;
        return refused.total() > Plausible.MOST || Math.abs(taken) > Plausible.MOST
                ? Optional.empty()
                : Optional.of(new Admission(taken, refused.total()));
    }

    private static Growth growth(Map<SeriesIdentity, Double> before, Map<SeriesIdentity, Double> now) {
        double total = 0;
        boolean reset = false;
        for (var series : now.entrySet()) {
            double value = series.getValue();
            double counted = before.getOrDefault(series.getKey(), value);
            reset |= value < counted;
            total += value < counted ? value : value - counted;
        }
        return new Growth(total, reset);
    }
}
