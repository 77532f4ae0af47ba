package io.nimscaler.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Which version runs. */
public final class BuildMeters {

    private BuildMeters() {}

    /** Shows it from now on: 1, with the version as a label. */
    public static void show(MeterRegistry registry, String version) {
        Gauge.builder("nim_scaler.build.info", () -> 1)
                .description("Always 1; the label version is the version that runs")
                .tag("version", version)
                .register(registry);
    }
}
