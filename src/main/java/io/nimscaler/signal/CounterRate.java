package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * By how much a counter grows a second, over a sliding window of our own scrapes and by our own clock; its series summed, and those
 * of processes that count the same once.
 *
 * <p>A counter that is lower than before was reset by a restart, and has counted from 0 since. Of a series that is new, what
 * it had counted before is not known, and does not count. No value until the scrapes {@linkplain
 * SlidingTotal#spansEnough span enough}: a rate over an instant would be anything, and none yet is not 0.
 *
 * @param counter the series' name
 */
public record CounterRate(String counter, Duration window) implements Signal {

    /** Each is kept until the next scrape; engines have some 100 at most, by rank and reason. */
    private static final int MOST_SERIES = 1024;

    @Override
    public String name() {
        return "rate(" + counter + ")";
    }

    @Override
    public boolean isAdditive() {
        return true;
    }

    @Override
    public boolean saturatesAtOne() {
        return false;
    }

    @Override
    public List<String> seriesNames() {
        return List.of(counter);
    }

    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return new OfPod(modelName);
    }

    @Override
    public FleetSignal ofFleet() {
        return new MeanOfPods();
    }

    private final class OfPod implements PodSignal {

        private final Optional<String> modelName;
        private final SlidingTotal<Double> totals = new SlidingTotal<>(window);
        private Map<SeriesIdentity, Double> last = Map.of();
        private double total;

        OfPod(Optional<String> modelName) {
            this.modelName = modelName;
        }

        @Override
        public Measurement read(List<SampleLine> body, Instant scrapedAt) {
            List<SampleLine> named = body.stream()
                    .filter(series -> series.name().equals(counter))
                    .toList();
            List<SampleLine> wanted = Copies.withoutBreakdown(SeriesSelector.ofModel(named, modelName));
            if (wanted.isEmpty()) {
                return named.isEmpty()
                        ? new NoMetric("no series " + counter)
                        : SeriesSelector.noSuchModel(counter, modelName, named);
            }
            if (wanted.size() > MOST_SERIES) {
                return new BadValue(counter + ": expected at most " + MOST_SERIES + " series, got " + wanted.size());
            }
            Optional<BadValue> noCounter = TypeCheck.asCounter(wanted);
            if (noCounter.isPresent()) {
                return noCounter.get();
            }
            Map<Map<String, String>, Double> now = new HashMap<>();
            for (SampleLine series : wanted) {
                Optional<String> objection = Plausible.objectionToCounter(series.value());
                if (objection.isPresent()) {
                    return new BadValue(counter + " = " + series.value() + ", " + objection.get());
                }
                Double before = now.put(series.labels(), series.value());
                if (before != null && before != series.value()) {
                    return SeriesSelector.twoValues(counter, before, series.value());
                }
            }
            Map<SeriesIdentity, Double> merged = new HashMap<>();
            Copies.OF_RANKS.merge(now).forEach((labels, value) -> merged.put(SeriesIdentity.of(labels), value));
            OptionalDouble most = merged.entrySet().stream()
                    .mapToDouble(series -> increase(series.getKey(), series.getValue()))
                    .max();
            if (most.orElse(0) > Plausible.MOST) {
                return new BadValue(counter + " grew by " + most.orElse(0) + " between two scrapes, expected at most "
                        + Plausible.MOST);
            }
            count(merged, scrapedAt);
            return rate();
        }

        private double increase(SeriesIdentity series, double value) {
            double before = last.getOrDefault(series, value);
            return value >= before ? value - before : value;
        }

        private void count(Map<SeriesIdentity, Double> now, Instant scrapedAt) {
            if (now.keySet().stream().noneMatch(last::containsKey)) {
                totals.clear();
            }
            now.forEach((labels, value) -> total += increase(labels, value));
            last = now;
            totals.add(scrapedAt, total);
        }

        private Measurement rate() {
            if (!totals.spansEnough()) {
                return new TooEarly();
            }
            double increase = totals.newest().total() - totals.oldest().total();
            return new Measured(
                    new PodValue.Amount(increase / (totals.span().toNanos() / 1e9)),
                    totals.newest().at());
        }
    }
}
