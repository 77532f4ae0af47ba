package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * By how much a counter grows a second, over a sliding window of the scaler's own scrapes and by its own clock
 * ({@link CounterGrowth}). It has no value until the scrapes {@linkplain SlidingCounts#spansEnough span enough}: a rate over a
 * very short time could be any number. No value is not 0.
 *
 * @param counter the series' name
 */
public record CounterRate(String counter, Duration window) implements Signal {

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
        private final SlidingCounts totals = new SlidingCounts(window, 1);
        private final CounterGrowth growth = new CounterGrowth();

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
            Optional<BadValue> wrong = growth.read(counter, wanted);
            if (wrong.isPresent()) {
                return wrong.get();
            }
            if (!growth.goesOn()) {
                totals.clear();
            }
            totals.add(Ring.nanos(scrapedAt), growth.total());
            return rate(scrapedAt);
        }

        @Override
        public long keptBytes() {
            return growth.keptBytes() + totals.keptBytes();
        }

        private Measurement rate(Instant scrapedAt) {
            return totals.spansEnough()
                    ? new Measured(new PodValue.Amount(totals.growth(0) / totals.seconds()), scrapedAt)
                    : new TooEarly();
        }
    }
}
