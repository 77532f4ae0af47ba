package io.nimscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nimscaler.files.Expiries;
import java.lang.ref.WeakReference;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateMetersTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private void show() {
        Expiries expiries = new Expiries();
        expiries.put("a", Instant.ofEpochSecond(1_800_000_000));
        CertificateMeters.show(registry, expiries);
    }

    @Test
    void expiryIsShownAlsoWhereNobodyElseKeepsIt() {
        show();
        WeakReference<Object> collected = new WeakReference<>(new Object());
        await().until(() -> {
            System.gc();
            return collected.get() == null;
        });
        assertThat(registry.get("nim_scaler_tls_certificate_expiry_timestamp_seconds")
                        .tag("setting", "a")
                        .gauge()
                        .value())
                .isEqualTo(1_800_000_000);
    }
}
