package io.nimscaler.signal;

import io.nimscaler.exposition.Series;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A signal that stands in a body as it is: one gauge, under whatever name the pod's engine gives it.
 *
 * @param name the name that a user knows it by
 * @param kind decides how several series of one pod become one value, and whether the pods' values add up
 * @param sources where it stands, most preferred first: of several names in one body only the first present counts, for
 *     vLLM 0.10 exposes the same gauge under two names
 */
public record Gauge(String name, Kind kind, List<Source> sources) implements Signal {

    /**
     * Labels that tell apart the processes which work on the same requests (SGLang with
     * {@code --enable-metrics-for-all-schedulers}): each of them has the whole number, so only the highest counts.
     */
    private static final Set<String> SAME_WORK = Set.of("tp_rank", "pp_rank", "moe_ep_rank");

    /** Beside the total, with {@code priority=""}, SGLang has a series for each priority. */
    private static final String PRIORITY = "priority";

    /** A ratio may be over 1 by rounding, not by more. */
    private static final double MAX_RATIO = 1.05;

    /** How the values of several series (data-parallel engines, GPUs of one pod) are put together. */
    public enum Kind {
        /** The used share of something that each replica has as much of, 0..1: the mean of the series; pods add up. */
        RATIO,
        /** An amount: the sum of the series; pods add up. */
        COUNT,
        /** A share of time in use, 0..1: the mean of the series; pods do not add up. */
        UTILIZATION;

        boolean isRatio() {
            return this != COUNT;
        }
    }

    public Gauge {
        sources = List.copyOf(sources);
    }

    @Override
    public boolean isAdditive() {
        return kind != Kind.UTILIZATION;
    }

    @Override
    public boolean saturatesAtOne() {
        return kind.isRatio();
    }

    /** KV usage does not show a queue: requests wait for a slot while it is low. */
    @Override
    public Optional<Signal> blindTo() {
        return name.equals(Signals.KV_CACHE_USAGE)
                ? Optional.of(Signals.named(Signals.REQUESTS_WAITING))
                : Optional.empty();
    }

    @Override
    public List<String> seriesNames() {
        return sources.stream().map(Source::seriesName).distinct().toList();
    }

    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return (body, scrapedAt) -> measure(body, modelName, scrapedAt);
    }

    @Override
    public FleetSignal ofFleet() {
        return new MeanOfPods();
    }

    /** Whether this body has it at all. */
    boolean isIn(List<Series> body) {
        return sources.stream().anyMatch(source -> body.stream().anyMatch(source::matches));
    }

    /**
     * One pod's value from one body.
     *
     * @param modelName only series of this {@code model_name}; empty: any
     */
    public Measurement measure(List<Series> body, Optional<String> modelName, Instant readAt) {
        for (Source source : sources) {
            List<Series> named = body.stream().filter(source::matches).toList();
            if (!named.isEmpty()) {
                return measureNamed(named, modelName, readAt);
            }
        }
        return new NoMetric("no series " + String.join(" or ", seriesNames()));
    }

    private Measurement measureNamed(List<Series> named, Optional<String> modelName, Instant readAt) {
        List<Series> wanted = withoutBreakdown(Source.ofModel(named, modelName));
        if (wanted.isEmpty()) {
            return Source.noSuchModel(named.getFirst().name(), modelName, named);
        }
        Map<Map<String, String>, Double> values = new HashMap<>();
        Map<Map<String, String>, Double> ofSameWork = new HashMap<>();
        Instant oldest = readAt;
        for (Series series : wanted) {
            Optional<String> wrong = whatIsWrongWith(series.value());
            if (wrong.isPresent()) {
                return new BadValue(series.name() + " = " + series.value() + ", " + wrong.get());
            }
            Double before = values.put(series.labels(), series.value());
            if (before != null && before != series.value()) {
                return Source.twoValues(series.name(), before, series.value());
            }
            Map<String, String> work = new HashMap<>(series.labels());
            work.keySet().removeAll(SAME_WORK);
            ofSameWork.merge(work, series.value(), Math::max);
            if (series.timestampMillis().isPresent()) {
                Instant written = Instant.ofEpochMilli(series.timestampMillis().getAsLong());
                oldest = written.isBefore(oldest) ? written : oldest;
            }
        }
        double sum =
                ofSameWork.values().stream().mapToDouble(Double::doubleValue).sum();
        return new Measured(new PodValue.Amount(kind.isRatio() ? sum / ofSameWork.size() : sum), oldest);
    }

    private static List<Series> withoutBreakdown(List<Series> series) {
        boolean hasTotal =
                series.stream().anyMatch(one -> "".equals(one.labels().get(PRIORITY)));
        return hasTotal
                ? series.stream()
                        .filter(one -> one.labels().getOrDefault(PRIORITY, "").isEmpty())
                        .toList()
                : series;
    }

    private Optional<String> whatIsWrongWith(double value) {
        if (!Double.isFinite(value)) {
            return Optional.of("expected a finite number");
        }
        if (value < 0) {
            return Optional.of("expected at least 0");
        }
        if (kind.isRatio() && value > MAX_RATIO) {
            return Optional.of(
                    "expected a ratio of at most 1 (1 means 100 %)" + (value <= 100 ? "; is it in percent?" : ""));
        }
        return Optional.empty();
    }
}
