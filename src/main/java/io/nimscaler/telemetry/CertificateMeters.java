package io.nimscaler.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nimscaler.files.Expiries;
import java.time.Instant;

/** Until when certificates are valid that are in use, by the setting that names their file. */
public final class CertificateMeters {

    private CertificateMeters() {}

    /** Shows them from now on. */
    public static void show(MeterRegistry registry, Expiries expiries) {
        for (String setting : expiries.settings()) {
            Gauge.builder(
                            "nim_scaler_tls_certificate_expiry_timestamp_seconds",
                            expiries,
                            all -> all.of(setting)
                                    .map(CertificateMeters::seconds)
                                    .orElse(Double.NaN))
                    .description(
                            "Time at which the first certificate of a used file expires, in seconds since the epoch")
                    .tag("setting", setting)
                    // Nothing else may keep it, and what is gone would be shown as NaN
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static double seconds(Instant expiry) {
        return expiry.getEpochSecond();
    }
}
