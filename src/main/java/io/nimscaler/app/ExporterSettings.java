package io.nimscaler.app;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.TriggerParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The settings {@code nim-scaler.gpu-exporters}. */
final class ExporterSettings {

    private static final String PREFIX = "nim-scaler.gpu-exporters.";

    private ExporterSettings() {}

    /**
     * Where the exporters are; empty: there are none.
     *
     * @param podAuths the names that they may give
     * @throws IllegalArgumentException with all that is wrong
     */
    static Optional<ExporterWatch.Where> where(
            ScalerSettings.GpuExporters settings, boolean allowLocalAddresses, Set<String> podAuths) {
        List<String> wrong = new ArrayList<>();
        if (!TriggerParser.isLabelSelector(settings.selector())) {
            wrong.add(wrong("selector", settings.selector(), "a label selector such as app=nvidia-dcgm-exporter"));
        }
        if (settings.port() < 1 || settings.port() > 65535) {
            wrong.add(wrong("port", String.valueOf(settings.port()), "a port number (1 to 65535)"));
        }
        if (!TriggerParser.isPath(settings.path())) {
            wrong.add(wrong("path", settings.path(), "a path that starts with one /"));
        }
        settings.podAuth()
                .filter(name -> !podAuths.contains(name))
                .ifPresent(name -> wrong.add(wrong("pod-auth", name, "one of nim-scaler.pods.auth")));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong));
        }
        // They are the operator's own pods, which often use their node's network
        return settings.namespace()
                .map(namespace -> new ExporterWatch.Where(
                        namespace,
                        settings.selector(),
                        settings.https() ? Scheme.HTTPS : Scheme.HTTP,
                        settings.port(),
                        settings.path(),
                        settings.podAuth(),
                        new Confinement(true, allowLocalAddresses)));
    }

    private static String wrong(String item, String value, String expected) {
        return PREFIX + item + " = \"" + value + "\": expected " + expected;
    }
}
