package io.nimscaler.trigger;

import io.nimscaler.signal.CounterRate;
import io.nimscaler.signal.Gauge;
import io.nimscaler.signal.GpuUsage;
import io.nimscaler.signal.Latency;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.Signals;
import java.math.BigDecimal;
import java.util.Optional;

/** A signal's options, as a user would write them; empty: it has no such option, or the default is no fixed text. */
final class SignalTexts {

    private SignalTexts() {}

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
