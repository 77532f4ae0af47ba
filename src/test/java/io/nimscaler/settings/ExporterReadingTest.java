package io.nimscaler.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.trigger.Scheme;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExporterReadingTest {

    @Test
    void settingsSayWhereExportersAre() {
        assertThat(Written.usable(
                                "gpu-exporters.namespace", "gpu-operator",
                                "gpu-exporters.selector", "app=dcgm",
                                "gpu-exporters.port", "9443",
                                "gpu-exporters.https", "true",
                                "gpu-exporters.pod-auth", "gpu",
                                "pods.auth.gpu.namespaces", "none")
                        .gpuExporters())
                .hasValue(new ExporterWatch.Where(
                        "gpu-operator",
                        "app=dcgm",
                        Scheme.HTTPS,
                        9443,
                        "/metrics",
                        Optional.of("gpu"),
                        new Confinement(true, false)));
    }

    @Test
    void withoutANamespaceThereAreNone() {
        assertThat(Written.usable().gpuExporters()).isEmpty();
    }
}
