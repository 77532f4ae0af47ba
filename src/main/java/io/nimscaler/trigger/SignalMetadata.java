package io.nimscaler.trigger;

import io.nimscaler.signal.CounterRate;
import io.nimscaler.signal.Gauge;
import io.nimscaler.signal.GpuUsage;
import io.nimscaler.signal.Latency;
import io.nimscaler.signal.SeriesAggregation;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.SignalOptions;
import io.nimscaler.signal.Signals;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The metadata of a signal: which it is, and its options. */
final class SignalMetadata {

    private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(5);

    private SignalMetadata() {}

    /** Its name as written, or the default. */
    static String name(MetadataReader metadata) {
        return metadata.text(
                TriggerKey.METRIC,
                Signals::isName,
                "a metric name such as " + Signals.KV_CACHE_USAGE + ", or rate(NAME)",
                value -> Meant.metric(value, Signals::isName));
    }

    /**
     * @param name its name or an alias
     * @param pollInterval how often its series are read
     */
    static Signal read(MetadataReader metadata, String name, Duration pollInterval) {
        OptionalDouble maxRunning =
                metadata.optionalNumber(TriggerKey.MAX_RUNNING, BigDecimal.ONE, new BigDecimal("100000"), 0);
        Duration fourScrapes = pollInterval.multipliedBy(4);
        Signal signal = Signals.named(
                name,
                new SignalOptions(
                        maxRunning.isPresent() ? OptionalInt.of((int) maxRunning.getAsDouble()) : OptionalInt.empty(),
                        metadata.optionalDuration(
                                        TriggerKey.WINDOW,
                                        Durations.longer(LEAST_WINDOW, fourScrapes),
                                        Duration.ofHours(1))
                                .orElse(Durations.longer(DEFAULT_WINDOW, fourScrapes)),
                        metadata.optionalNumber(
                                TriggerKey.QUANTILE, new BigDecimal("0.01"), new BigDecimal("0.999"), 3),
                        metadata.optionalChoice(TriggerKey.SERIES_AGGREGATION, SeriesAggregation.class)));
        metadata.expectOnlyWith(
                signal instanceof Latency || signal instanceof CounterRate,
                TriggerKey.WINDOW,
                "the metric to be a latency or a rate(NAME)");
        metadata.expectOnlyWith(signal instanceof Latency, TriggerKey.QUANTILE, "the metric to be a latency histogram");
        metadata.expectOnlyWith(
                signal instanceof Gauge, TriggerKey.SERIES_AGGREGATION, "the metric to be a gauge of the pods");
        metadata.expectOnlyWith(
                signal instanceof ServingLoad, TriggerKey.MAX_RUNNING, "metric " + ServingLoad.NAME + " beside it");
        return signal;
    }

    /** Each option as a user would write it; empty: the signal has no such option, or the default is no fixed text. */
    static Optional<String> window(Signal signal) {
        return switch (signal) {
            case CounterRate rate -> Optional.of(Durations.text(rate.window()));
            case Latency latency -> Optional.of(Durations.text(latency.window()));
            case GpuUsage _, Gauge _, ServingLoad _ -> Optional.empty();
        };
    }

    static Optional<String> quantile(Signal signal) {
        return signal instanceof Latency latency && latency.quantile().isPresent()
                ? Optional.of(BigDecimal.valueOf(latency.quantile().getAsDouble())
                        .stripTrailingZeros()
                        .toPlainString())
                : Optional.empty();
    }

    static Optional<String> maxRunning(Signal signal) {
        return signal instanceof ServingLoad load && load.maxRunning().isPresent()
                ? Optional.of(Integer.toString(load.maxRunning().getAsInt()))
                : Optional.empty();
    }

    static Optional<String> seriesAggregation(Signal signal) {
        return signal instanceof Gauge gauge && !gauge.equals(Signals.named(gauge.name()))
                ? Optional.of(gauge.aggregation().key())
                : Optional.empty();
    }
}
