package io.nimscaler.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nimscaler.history.KeptMinutes;
import java.util.function.ToDoubleFunction;

/** Whether the minutes that outlast a restart can be kept. */
public final class HistoryMeters {

    private HistoryMeters() {}

    /** Shows it from now on; nothing where none are kept. */
    public static void show(MeterRegistry registry, KeptMinutes minutes) {
        if (minutes.state().isEmpty()) {
            return;
        }
        gauge(
                registry,
                minutes,
                "nim_scaler.history.bytes",
                "Size of all history files on the disk",
                KeptMinutes.State::bytes);
        gauge(
                registry,
                minutes,
                "nim_scaler.history.files",
                "Number of history files on the disk",
                KeptMinutes.State::files);
        gauge(
                registry,
                minutes,
                "nim_scaler.history.failing",
                "1 while the history cannot be written; REST says why",
                state -> state.trouble().isPresent() ? 1 : 0);
        FunctionCounter.builder("nim_scaler.history.lost.minutes", minutes, all -> value(all, KeptMinutes.State::lost))
                .description("Minutes of triggers that could not be written to the history")
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            KeptMinutes minutes,
            String name,
            String description,
            ToDoubleFunction<KeptMinutes.State> of) {
        Gauge.builder(name, minutes, all -> value(all, of))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static double value(KeptMinutes minutes, ToDoubleFunction<KeptMinutes.State> of) {
        return minutes.state().map(of::applyAsDouble).orElse(Double.NaN);
    }
}
