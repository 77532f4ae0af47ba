package io.nimscaler.settings;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.trigger.Grammar;
import io.nimscaler.trigger.Scheme;
import java.util.Optional;
import java.util.Set;

/** Reads {@code nim-scaler.gpu-exporters}. */
final class ExporterReading {

    private static final String ITEM = "gpu-exporters.";

    private ExporterReading() {}

    /**
     * Where the exporters are; empty: there are none.
     *
     * @param podAuths the names that they may give
     */
    static Optional<ExporterWatch.Where> where(
            SettingsReader reader,
            ScalerSettings.GpuExporters written,
            boolean allowLocalAddresses,
            Set<String> podAuths) {
        Optional<String> namespace =
                reader.optional(ITEM + "namespace", written.namespace(), Grammar::isLabel, "the name of a namespace");
        String selector = reader.text(
                ITEM + "selector",
                written.selector(),
                Grammar::isLabelSelector,
                "a label selector such as app=nvidia-dcgm-exporter");
        String port = reader.text(ITEM + "port", written.port(), Grammar::isPortNumber, "a port number (1 to 65535)");
        String path = reader.text(ITEM + "path", written.path(), Grammar::isPath, "a path that starts with one /");
        boolean https = reader.flag(ITEM + "https", written.https());
        Optional<String> podAuth = reader.optional(
                ITEM + "pod-auth", written.podAuth(), podAuths::contains, "one of nim-scaler.pods.auth");
        // They are the operator's own pods, which often use their node's network
        return namespace
                .filter(_ -> !port.isEmpty())
                .map(name -> new ExporterWatch.Where(
                        name,
                        selector,
                        https ? Scheme.HTTPS : Scheme.HTTP,
                        Integer.parseInt(port),
                        path,
                        podAuth,
                        new Confinement(true, allowLocalAddresses)));
    }
}
