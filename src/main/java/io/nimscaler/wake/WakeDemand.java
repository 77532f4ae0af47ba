package io.nimscaler.wake;

import io.nimscaler.exposition.Foreign;
import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.exposition.SeriesIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The last answer of one source, and when it last showed demand, for each model that is asked for. Not thread-safe.
 *
 * <p>The growth of a counter is safe against resets: a value below the one before is the growth since the reset, and a series
 * that was not in the body before began at 0. Before the second body nothing is known of a counter.
 */
public final class WakeDemand {

    /** More than a counter of 64 bits holds can not be. */
    private static final double MOST = 1e20;

    /** So long after it was asked for, a model is forgotten. */
    private static final Duration FORGET_AFTER = Duration.ofMinutes(1);

    /** By its own timestamp a value may be so old when it is asked for: a Prometheus that scrapes once a minute is not late. */
    static final Duration WRITTEN_WITHIN = Duration.ofSeconds(90);

    /**
     * What is kept of a series: of its labels one, for the others would be as many and as long as a source likes.
     *
     * @param model empty: it names none
     * @param demand empty: its value can not be
     */
    private record Amount(
            SeriesIdentity series,
            String name,
            Optional<String> model,
            double value,
            OptionalLong timestampMillis,
            MetricType type,
            OptionalDouble demand) {

        Amount with(OptionalDouble now) {
            return new Amount(series, name, model, value, timestampMillis, type, now);
        }
    }

    private sealed interface Reading {

        record Known(double demand) implements Reading {}

        record NotKnown(String reason) implements Reading {}
    }

    private static final class Memory {
        private Instant askedFor;
        private OptionalDouble demand = OptionalDouble.empty();
        private Optional<Instant> knownAt = Optional.empty();
        private Optional<Instant> demandedAt = Optional.empty();
        private String problem = "";

        Memory(Instant askedFor) {
            this.askedFor = askedFor;
        }
    }

    private final WakeMetric metric;
    private final Map<Optional<String>, Memory> memories = new HashMap<>();
    private Optional<Map<SeriesIdentity, Double>> counts = Optional.empty();
    private List<Amount> amounts = List.of();
    private Optional<Instant> readAt = Optional.empty();
    private boolean countedOnce;
    private String problem = "it was not read yet";

    public WakeDemand(WakeMetric metric) {
        this.metric = metric;
    }

    /**
     * A body of the source.
     *
     * @param askedAt when it was asked for: what it says may be as old
     */
    public void take(List<SampleLine> body, Instant askedAt) {
        List<SampleLine> named = body.stream().filter(metric::isShownBy).toList();
        countedOnce = metric.isCounter() && counts.isEmpty();
        amounts = metric.isCounter() ? growth(named) : values(named);
        readAt = Optional.of(askedAt);
        memories.forEach((model, memory) -> note(read(model, askedAt), memory, askedAt));
    }

    /** The source could not be read. */
    public void fail(String reason) {
        problem = reason;
        memories.values().forEach(memory -> memory.problem = reason);
    }

    /**
     * What that means for a scale target.
     *
     * @param model only series of this model; empty: all
     * @param awakeFor how long demand keeps it awake
     * @param staleAfter a reading older than this says nothing
     */
    public Wake wake(String source, Optional<String> model, Duration awakeFor, Duration staleAfter, Instant now) {
        Memory memory = memories.containsKey(model) ? memories.get(model) : begin(model, now);
        memories.put(model, memory);
        memory.askedFor = now;
        boolean fresh =
                memory.knownAt.filter(at -> !at.plus(staleAfter).isBefore(now)).isPresent();
        OptionalDouble demand = fresh ? memory.demand : OptionalDouble.empty();
        boolean present = demand.orElse(0) > metric.activation();
        if (memory.demandedAt.isPresent()
                && (present || memory.demandedAt.get().plus(awakeFor).isAfter(now))) {
            return new Wake.Demanded(source, demand, memory.demandedAt.get(), awakeFor);
        }
        return fresh ? new Wake.Quiet(source, demand) : new Wake.Unknown(source, memory.problem);
    }

    /**
     * How many requests wait at it now, whatever that was before.
     *
     * @return {@link Wake.Unknown} where that is not known; else any other, with its demand
     */
    public Wake present(String source, Optional<String> model, Duration staleAfter, Instant now) {
        return wake(source, model, Duration.ZERO, staleAfter, now);
    }

    private Memory begin(Optional<String> model, Instant now) {
        memories.values().removeIf(memory -> memory.askedFor.plus(FORGET_AFTER).isBefore(now));
        Memory memory = new Memory(now);
        memory.problem = problem;
        readAt.ifPresent(at -> note(read(model, at), memory, at));
        return memory;
    }

    private void note(Reading reading, Memory memory, Instant at) {
        switch (reading) {
            case Reading.NotKnown(String reason) -> memory.problem = reason;
            case Reading.Known(double demand) -> {
                memory.demand = OptionalDouble.of(demand);
                memory.knownAt = Optional.of(at);
                memory.problem = "its last reading is too old";
                if (demand > metric.activation()) {
                    memory.demandedAt = Optional.of(at);
                }
            }
        }
    }

    private Reading read(Optional<String> model, Instant askedAt) {
        List<Amount> wanted = amounts.stream()
                .filter(amount -> model.isEmpty() || model.equals(amount.model()))
                .toList();
        Optional<String> otherType =
                wanted.stream().flatMap(amount -> otherType(amount).stream()).findFirst();
        if (otherType.isPresent()) {
            return new Reading.NotKnown(otherType.get());
        }
        Optional<Amount> bad =
                wanted.stream().filter(amount -> amount.demand().isEmpty()).findFirst();
        if (bad.isPresent()) {
            return new Reading.NotKnown(metric.series() + " = " + bad.get().value()
                    + ", expected one finite number of at least 0 and at most " + MOST + " for one set of labels");
        }
        Optional<Duration> age = age(wanted, askedAt);
        if (age.isPresent() && age.get().compareTo(WRITTEN_WITHIN) > 0) {
            return new Reading.NotKnown("by its timestamp " + metric.series() + " was "
                    + age.get().toSeconds() + " s old when asked for, expected at most "
                    + WRITTEN_WITHIN.toSeconds() + " s");
        }
        if (wanted.isEmpty() && !metric.absentIsZero()) {
            return new Reading.NotKnown(
                    amounts.isEmpty()
                            ? "no series " + metric.selection()
                            : metric.series() + " has no series with " + metric.modelLabel() + " = \""
                                    + model.orElse("") + "\"" + otherSpelling(model.orElse("")));
        }
        if (countedOnce && !wanted.isEmpty()) {
            return new Reading.NotKnown("the counter " + metric.series() + " was read only once");
        }
        return new Reading.Known(
                wanted.stream().mapToDouble(amount -> amount.demand().orElse(0)).sum());
    }

    /** Of the oldest; empty: none has a timestamp. */
    private static Optional<Duration> age(List<Amount> wanted, Instant askedAt) {
        OptionalLong oldest = wanted.stream()
                .flatMapToLong(amount -> amount.timestampMillis().stream())
                .min();
        return oldest.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.between(Instant.ofEpochMilli(oldest.getAsLong()), askedAt));
    }

    /** A counter's value never falls to 0 again; and what a gauge grows by is not what waits. */
    private Optional<String> otherType(Amount series) {
        boolean counts = series.type() == MetricType.COUNTER
                || series.type() == MetricType.HISTOGRAM
                || series.type() == MetricType.SUMMARY;
        if (counts && !metric.isCounter()) {
            return Optional.of(series.name() + " is a counter: write metric: rate(" + series.name() + ")");
        }
        boolean noCounter = metric.isCounter()
                && series.type() == MetricType.GAUGE
                && !series.name().endsWith("_total");
        return noCounter
                ? Optional.of(series.name() + " is a gauge: write metric: " + series.name())
                : Optional.empty();
    }

    /** Only one that is spelt otherwise, for a gateway has the models of people who are none of each other's business. */
    private String otherSpelling(String model) {
        List<String> alike = amounts.stream()
                .flatMap(amount -> amount.model().stream())
                .filter(model::equalsIgnoreCase)
                .distinct()
                .toList();
        return alike.isEmpty() ? "" : "; there is " + Foreign.quoted(alike);
    }

    private List<Amount> values(List<SampleLine> named) {
        Map<SeriesIdentity, Double> seen = new HashMap<>();
        List<Amount> values = new ArrayList<>();
        for (SampleLine series : named) {
            SeriesIdentity identity = SeriesIdentity.of(series.labels());
            Double before = seen.put(identity, series.value());
            boolean repeated = before != null && before == series.value();
            if (!repeated) {
                values.add(amount(
                        identity,
                        series,
                        before == null && isPossible(series)
                                ? OptionalDouble.of(series.value())
                                : OptionalDouble.empty()));
            }
        }
        return List.copyOf(values);
    }

    private Amount amount(SeriesIdentity identity, SampleLine series, OptionalDouble demand) {
        return new Amount(
                identity,
                series.name(),
                Optional.ofNullable(series.labels().get(metric.modelLabel())),
                series.value(),
                series.timestampMillis(),
                series.type(),
                demand);
    }

    private List<Amount> growth(List<SampleLine> named) {
        Map<SeriesIdentity, Double> before = counts.orElse(Map.of());
        Map<SeriesIdentity, Double> now = new HashMap<>();
        List<Amount> growth = new ArrayList<>();
        for (Amount amount : values(named)) {
            double counted = before.getOrDefault(amount.series(), 0.0);
            double value = amount.demand().orElse(counted);
            now.put(amount.series(), value);
            growth.add(
                    amount.demand().isEmpty()
                            ? amount
                            : amount.with(OptionalDouble.of(value < counted ? value : value - counted)));
        }
        counts = Optional.of(now);
        return List.copyOf(growth);
    }

    private static boolean isPossible(SampleLine series) {
        return series.value() >= 0 && series.value() <= MOST;
    }
}
