package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A signal that stands in the body as it is: one gauge, under the name that the pod's engine gives it.
 *
 * @param name the name that a user knows it by
 * @param kind what its numbers mean, and whether the pods' values add up
 * @param aggregation how several series of one pod (data-parallel engines, GPUs) become one value
 * @param copies which of them are one thing, said several times
 * @param sources where it stands, most preferred first: of several names in one body only the first present counts, for
 *     vLLM 0.10 exposes the same gauge under two names
 */
public record Gauge(String name, Kind kind, SeriesAggregation aggregation, Copies copies, List<SeriesSelector> sources)
        implements Signal {

    /** A ratio may be over 1 by rounding, not by more. */
    private static final double MAX_RATIO = 1.05;

    /** More names than these are not listed. */
    private static final int MOST_NAMES = 3;

    /** What the numbers mean. */
    public enum Kind {
        /** The used share of something that each replica has as much of, 0..1; pods add up. */
        RATIO,
        /** An amount, or what is not known; pods add up. */
        COUNT,
        /** A share of time in use, 0..1; pods do not add up. */
        UTILIZATION;

        boolean isRatio() {
            return this != COUNT;
        }

        private SeriesAggregation aggregation() {
            return isRatio() ? SeriesAggregation.AVERAGE : SeriesAggregation.SUM;
        }
    }

    public Gauge {
        sources = List.copyOf(sources);
    }

    /** One of an engine's, of which it is known what its series are. */
    static Gauge ofEngine(String name, Kind kind, List<SeriesSelector> sources) {
        return new Gauge(name, kind, kind.aggregation(), Copies.OF_AN_ENGINE, sources);
    }

    /**
     * Any gauge by its own name. What that ends with tells a share from an amount, and no more: a share may be written in
     * percent.
     *
     * @param given how its series become one value; empty: by its name
     */
    static Gauge named(String name, Optional<SeriesAggregation> given) {
        SeriesAggregation aggregation =
                given.orElse(isShareByName(name) ? SeriesAggregation.AVERAGE : SeriesAggregation.SUM);
        Copies copies =
                given.isEmpty() && aggregation == SeriesAggregation.AVERAGE ? Copies.OF_AN_ENGINE : Copies.OF_RANKS;
        return new Gauge(name, Kind.COUNT, aggregation, copies, List.of(SeriesSelector.of(name)));
    }

    private static boolean isShareByName(String name) {
        return name.matches(".*_(perc|percent|percentage|pct|ratio|usage|util|utilization|fraction)");
    }

    /** The same with its series put together so. */
    Gauge aggregatedBy(SeriesAggregation given) {
        return new Gauge(name, kind, given, copies, sources);
    }

    @Override
    public boolean isAdditive() {
        return kind != Kind.UTILIZATION;
    }

    @Override
    public boolean saturatesAtOne() {
        return kind.isRatio() && aggregation != SeriesAggregation.SUM;
    }

    /** KV usage does not show a queue: requests wait for a slot while it is low. */
    @Override
    public Optional<Signal> blindTo() {
        return name.equals(Signals.KV_CACHE_USAGE)
                ? Optional.of(Signals.named(Signals.REQUESTS_WAITING))
                : Optional.empty();
    }

    /** KV usage and running requests bend: with fewer pods each of them reads more than its part of what all read. */
    @Override
    public boolean stepsDown() {
        return name.equals(Signals.KV_CACHE_USAGE) || name.equals(Signals.REQUESTS_RUNNING);
    }

    @Override
    public boolean isCutByRefusals() {
        return name.equals(Signals.KV_CACHE_USAGE) || isOfRequests();
    }

    @Override
    public List<String> seriesNames() {
        return sources.stream().flatMap(SeriesSelector::seriesNames).distinct().toList();
    }

    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return (body, scrapedAt) -> measure(body, modelName, scrapedAt);
    }

    @Override
    public FleetSignal ofFleet() {
        return isOfRequests() ? new NumberOfRequests() : new MeanOfPods();
    }

    private boolean isOfRequests() {
        return name.equals(Signals.REQUESTS_RUNNING) || name.equals(Signals.REQUESTS_WAITING);
    }

    /** Of KV usage what serving load learns is meant: both are shares of a replica. */
    @Override
    public Optional<Signal> costedBy() {
        return name.equals(Signals.KV_CACHE_USAGE)
                ? Optional.of(Signals.named(ServingLoad.NAME))
                : Optional.<Signal>of(this).filter(_ -> isOfRequests());
    }

    /** Whether this body has it at all. */
    boolean isIn(List<SampleLine> body) {
        for (SeriesSelector source : sources) {
            if (Lines.has(body, source::matches)) {
                return true;
            }
        }
        return false;
    }

    /**
     * One pod's value from one body.
     *
     * @param modelName only series of this {@code model_name}; empty: any
     */
    public Measurement measure(List<SampleLine> body, Optional<String> modelName, Instant readAt) {
        for (SeriesSelector source : sources) {
            List<SampleLine> named = source.in(body);
            if (!named.isEmpty()) {
                return source.elsewhere()
                        .map(queues -> measureQueues(named, queues, body, modelName, readAt))
                        .orElseGet(() -> measureNamed(named, modelName, readAt));
            }
        }
        List<String> names =
                sources.stream().map(SeriesSelector::seriesName).distinct().toList();
        return new NoMetric("no series "
                + (names.size() > MOST_NAMES ? name + ", by any engine's name" : String.join(" or ", names)));
    }

    private Measurement measureQueues(
            List<SampleLine> named,
            RoleQueues queues,
            List<SampleLine> body,
            Optional<String> modelName,
            Instant readAt) {
        Optional<NoMetric> unknown = queues.unknown(named, body);
        if (unknown.isPresent()) {
            return unknown.get();
        }
        Map<String, List<SampleLine>> others = body.stream()
                .filter(series -> queues.seriesNames().anyMatch(series.name()::equals))
                .collect(Collectors.groupingBy(SampleLine::name));
        List<List<SampleLine>> all = new ArrayList<>(others.values());
        all.addFirst(named);
        double sum = 0;
        Instant oldest = readAt;
        for (List<SampleLine> queue : all) {
            if (!(measureNamed(queue, modelName, readAt)
                    instanceof Measured(PodValue.Amount(double value), Instant at))) {
                return measureNamed(queue, modelName, readAt);
            }
            sum += value;
            oldest = at.isBefore(oldest) ? at : oldest;
        }
        return new Measured(new PodValue.Amount(sum), oldest);
    }

    private Measurement measureNamed(List<SampleLine> named, Optional<String> modelName, Instant readAt) {
        List<SampleLine> wanted = Copies.withoutBreakdown(SeriesSelector.ofModel(named, modelName));
        if (wanted.isEmpty()) {
            return SeriesSelector.noSuchModel(named.getFirst().name(), modelName, named);
        }
        Optional<BadValue> noGauge = TypeCheck.asGauge(wanted);
        if (noGauge.isPresent()) {
            return noGauge.get();
        }
        Instant oldest = readAt;
        for (SampleLine series : wanted) {
            Optional<String> wrong = whatIsWrongWith(series.value());
            if (wrong.isPresent()) {
                return new BadValue(series.name() + " = " + series.value() + ", " + wrong.get());
            }
            if (series.timestampMillis().isPresent()) {
                Instant written = Instant.ofEpochMilli(series.timestampMillis().getAsLong());
                oldest = written.isBefore(oldest) ? written : oldest;
            }
        }
        if (wanted.size() == 1) {
            return new Measured(new PodValue.Amount(wanted.getFirst().value()), oldest);
        }
        Map<Map<String, String>, Double> values = HashMap.newHashMap(wanted.size());
        for (SampleLine series : wanted) {
            Double before = values.put(series.labels(), series.value());
            if (before != null && before != series.value()) {
                return SeriesSelector.twoValues(series.name(), before, series.value());
            }
        }
        return new Measured(new PodValue.Amount(together(copies.merge(values).values())), oldest);
    }

    private double together(Collection<Double> values) {
        if (values.size() == 1) {
            return values.iterator().next();
        }
        double sum = values.stream().mapToDouble(Double::doubleValue).sum();
        return switch (aggregation) {
            case SUM -> sum;
            case AVERAGE -> sum / values.size();
            case MAX -> values.stream().mapToDouble(Double::doubleValue).max().orElse(sum);
        };
    }

    private Optional<String> whatIsWrongWith(double value) {
        if (kind.isRatio() && Double.isFinite(value) && value > MAX_RATIO) {
            return Optional.of(
                    "expected a ratio of at most 1 (1 means 100 %)" + (value <= 100 ? ", not a percentage" : ""));
        }
        return Plausible.objection(value);
    }
}
