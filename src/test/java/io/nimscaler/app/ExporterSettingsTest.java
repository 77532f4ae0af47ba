package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.trigger.Scheme;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExporterSettingsTest {

    private record Settings(
            Optional<String> namespace, String selector, int port, String path, boolean https, Optional<String> podAuth)
            implements ScalerSettings.GpuExporters {}

    private static Optional<ExporterWatch.Where> where(Settings settings) {
        return ExporterSettings.where(settings, false, Set.of("gpu"));
    }

    @Test
    void settingsSayWhereExportersAre() {
        assertThat(where(new Settings(
                        Optional.of("gpu-operator"), "app=dcgm", 9443, "/metrics", true, Optional.of("gpu"))))
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
        assertThat(where(new Settings(Optional.empty(), "app=dcgm", 9400, "/metrics", false, Optional.empty())))
                .isEmpty();
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> where(
                        new Settings(Optional.empty(), "app in", 0, "//host/metrics", false, Optional.of("none"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nim-scaler.gpu-exporters.selector = \"app in\": expected a label selector")
                .hasMessageContaining("nim-scaler.gpu-exporters.port = \"0\": expected a port number")
                .hasMessageContaining("nim-scaler.gpu-exporters.path = \"//host/metrics\": expected a path")
                .hasMessageContaining(
                        "nim-scaler.gpu-exporters.pod-auth = \"none\": expected one of nim-scaler.pods.auth");
    }
}
