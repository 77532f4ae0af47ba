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
 * ({@link CounterGrowth}). It has no value until the scrapes {@linkplain SlidingTotal#spansEnough span enough}: a rate over a
 * very short time could be any number. No value is not 0.
 *
 * @param counter the series' name
 */
public record CounterRate(String counter, Duration window) implements Signal {

    /** Of heap, as an object. */
    private static final long BYTES_OF_A_NUMBER = 16;

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
            totals.add(scrapedAt, growth.total());
            return rate();
        }

        @Override
        public long keptBytes() {
            return growth.keptBytes() + totals.size() * (SlidingTotal.BYTES_OF_A_POINT + BYTES_OF_A_NUMBER);
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
