package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.exposition.SeriesIdentity;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What one pod observed within the window. A histogram that has fewer observations than before was reset by a restart. Of a new
 * histogram only the growth counts. A pod that was not watched for long enough is not known. It does not count as quiet: a pod
 * that comes back after an outage may have been the slow one.
 */
final class LatencyOfPod implements PodSignal {

    private static final String BOUND = "le";

    /** Engines have 40 at most; of each, 60 scrapes of a window are kept. */
    private static final int MOST_BUCKETS = 256;

    /** Of heap, without its buckets. */
    private static final long BYTES_OF_A_HISTOGRAM = 64;

    /** The histograms of one body, or why it can not be used. */
    private record Parsed(Map<SeriesIdentity, Histogram> histograms, Optional<Measurement> unusable) {

        static Parsed unusable(Measurement why) {
            return new Parsed(Map.of(), Optional.of(why));
        }
    }

    private final Latency signal;
    private final Optional<String> modelName;
    private final SlidingTotal<Histogram> totals;
    private Map<SeriesIdentity, Histogram> last = Map.of();
    private Optional<Histogram> total = Optional.empty();
    private Instant quietSince = Instant.MAX;
    private Instant watchedSince = Instant.MAX;

    LatencyOfPod(Latency signal, Optional<String> modelName) {
        this.signal = signal;
        this.modelName = modelName;
        this.totals = new SlidingTotal<>(signal.window());
    }

    @Override
    public Measurement read(List<SampleLine> body, Instant scrapedAt) {
        for (String name : signal.histograms()) {
            List<SampleLine> named = Lines.named(body, name + "_bucket");
            if (!named.isEmpty()) {
                return read(name, named, body, scrapedAt);
            }
        }
        return new NoMetric("no histogram " + String.join(" or ", signal.histograms()));
    }

    @Override
    public long keptBytes() {
        long latest = last.values().stream()
                .mapToLong(histogram ->
                        CounterSeries.BYTES_OF_ONE + BYTES_OF_A_HISTOGRAM + 2L * Double.BYTES * histogram.buckets())
                .sum();
        // Those of the window have the same bounds, and so has what was observed within it
        long ofOne = SlidingTotal.BYTES_OF_A_POINT
                + BYTES_OF_A_HISTOGRAM
                + (long) Double.BYTES * total.map(Histogram::buckets).orElse(0);
        return latest + (totals.size() + 2) * ofOne;
    }

    /** All that it has observed since it started; empty: it does not say, or what it says can not be used. */
    Optional<Histogram> sinceItStarted(List<SampleLine> body) {
        for (String name : signal.histograms()) {
            List<SampleLine> named = Lines.named(body, name + "_bucket");
            if (!named.isEmpty()) {
                return parse(name, SeriesSelector.ofModel(named, modelName), body).histograms().values().stream()
                        .reduce(Histogram::plus);
            }
        }
        return Optional.empty();
    }

    private Measurement read(String name, List<SampleLine> named, List<SampleLine> body, Instant scrapedAt) {
        List<SampleLine> wanted = SeriesSelector.ofModel(named, modelName);
        if (wanted.isEmpty()) {
            return SeriesSelector.noSuchModel(name, modelName, named);
        }
        Parsed parsed = parse(name, wanted, body);
        if (parsed.unusable().isPresent()) {
            return parsed.unusable().get();
        }
        count(parsed.histograms(), scrapedAt);
        if (!totals.spansEnough()) {
            return new TooEarly();
        }
        Histogram observed = totals.newest().total().minus(totals.oldest().total());
        return new Measured(
                new PodValue.Observations(
                        observed,
                        isForAWindow(quietSince, scrapedAt),
                        isForAWindow(watchedSince, scrapedAt) ? atWork(body, scrapedAt) : OptionalDouble.empty()),
                scrapedAt);
    }

    private boolean isForAWindow(Instant since, Instant now) {
        return !since.plus(signal.window()).isAfter(now);
    }

    /** Empty: the engine does not say all of it now, and may have work. */
    private OptionalDouble atWork(List<SampleLine> body, Instant scrapedAt) {
        double all = 0;
        for (Signal work : Latency.WORK) {
            if (!(work.ofPod(modelName).read(body, scrapedAt)
                            instanceof Measured(PodValue.Amount(double requests), Instant readAt)
                    && readAt.equals(scrapedAt))) {
                return OptionalDouble.empty();
            }
            all += requests;
        }
        return OptionalDouble.of(all);
    }

    private Parsed parse(String name, List<SampleLine> buckets, List<SampleLine> body) {
        Map<Map<String, String>, TreeMap<Double, Double>> byLabels = new HashMap<>();
        for (SampleLine series : buckets) {
            OptionalDouble bound = series.number(BOUND);
            if (bound.isEmpty() || Double.isNaN(bound.getAsDouble())) {
                return Parsed.unusable(new BadValue(name + "_bucket has no le that is a number"));
            }
            if (Double.isFinite(bound.getAsDouble()) && Math.abs(bound.getAsDouble()) > Plausible.MOST) {
                return Parsed.unusable(new BadValue(
                        name + "_bucket has le = " + bound.getAsDouble() + ", expected at most " + Plausible.MOST));
            }
            Optional<String> objection = Plausible.objection(series.value());
            if (objection.isPresent()) {
                return Parsed.unusable(new BadValue(name + "_bucket = " + series.value() + ", " + objection.get()));
            }
            Map<String, String> labels = new HashMap<>(series.labels());
            labels.remove(BOUND);
            Double before =
                    byLabels.computeIfAbsent(labels, _ -> new TreeMap<>()).put(bound.getAsDouble(), series.value());
            if (before != null && before != series.value()) {
                return Parsed.unusable(SeriesSelector.twoValues(name + "_bucket", before, series.value()));
            }
        }
        Map<Map<String, String>, Double> sums = new HashMap<>();
        for (SampleLine series : body) {
            if (series.name().equals(name + "_sum")) {
                Double before = sums.put(series.labels(), series.value());
                if (before != null && before != series.value()) {
                    return Parsed.unusable(SeriesSelector.twoValues(name + "_sum", before, series.value()));
                }
            }
        }
        Map<SeriesIdentity, Histogram> histograms = new HashMap<>();
        for (var entry : byLabels.entrySet()) {
            TreeMap<Double, Double> counts = entry.getValue();
            if (counts.lastKey() != Double.POSITIVE_INFINITY) {
                return Parsed.unusable(new BadValue(name + "_bucket lacks le=\"+Inf\""));
            }
            if (counts.size() > MOST_BUCKETS) {
                return Parsed.unusable(new BadValue(
                        name + "_bucket: expected at most " + MOST_BUCKETS + " buckets, got " + counts.size()));
            }
            double sum = sums.getOrDefault(entry.getKey(), Double.NaN);
            Optional<String> objection = Plausible.objection(sum);
            if (signal.quantile().isEmpty() && objection.isPresent()) {
                return Parsed.unusable(new BadValue(name + "_sum = " + sum + ", " + objection.get()));
            }
            histograms.put(
                    SeriesIdentity.of(entry.getKey()),
                    new Histogram(array(counts.keySet()), array(counts.values()), sum));
        }
        return new Parsed(histograms, Optional.empty());
    }

    private void count(Map<SeriesIdentity, Histogram> now, Instant scrapedAt) {
        if (now.keySet().stream().noneMatch(last::containsKey)) {
            totals.clear();
            total = Optional.empty();
            watchedSince = scrapedAt;
        }
        if (!sameCounts(now)) {
            quietSince = scrapedAt;
        }
        now.forEach((labels, histogram) -> {
            Histogram before = last.getOrDefault(labels, histogram);
            Histogram increase = histogram.continues(before) ? histogram.minus(before) : histogram;
            total = Optional.of(total.map(t -> t.plus(increase)).orElse(increase));
        });
        last = now;
        total.ifPresent(histogram -> totals.add(scrapedAt, histogram));
    }

    private boolean sameCounts(Map<SeriesIdentity, Histogram> now) {
        return now.entrySet().stream()
                .allMatch(entry -> Optional.ofNullable(last.get(entry.getKey()))
                        .filter(before -> before.count() == entry.getValue().count())
                        .isPresent());
    }

    private static double[] array(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
