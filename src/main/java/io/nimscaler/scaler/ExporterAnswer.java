package io.nimscaler.scaler;

import io.nimscaler.exposition.Series;
import io.nimscaler.scaler.ScrapeResult.Failed;
import io.nimscaler.scaler.ScrapeResult.Scraped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the exporter of one node said of the pods there: its series, split by the pod that each is of.
 *
 * <p>The exporter can copy labels that a pod's author chose beside its own
 * (<a href="https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/transformation/kubernetes.go">kubernetes.go</a>), so a
 * series that names two pods is of none.
 */
final class ExporterAnswer {

    private record PodName(String namespace, String name) {}

    /** The exporter's own names; those after a relabelling for which it is the pod; those of its option {@code use-old-namespace}. */
    private static final List<PodName> LABELS = List.of(
            new PodName("namespace", "pod"),
            new PodName("exported_namespace", "exported_pod"),
            new PodName("pod_namespace", "pod_name"));

    private final String node;
    private final Optional<Failed> failed;
    private final Map<PodName, List<Series>> byPod = new HashMap<>();

    private ExporterAnswer(String node, Optional<Failed> failed) {
        this.node = node;
        this.failed = failed;
    }

    /** Nothing, for this reason. */
    static ExporterAnswer failed(String node, Failed why) {
        return new ExporterAnswer(node, Optional.of(why));
    }

    static ExporterAnswer of(String node, GpuExporter exporter, ScrapeResult result) {
        return switch (result) {
            case Failed failed -> failed(node, failed);
            case Scraped(List<Series> all) -> {
                ExporterAnswer answer = new ExporterAnswer(node, Optional.empty());
                PodName itself = new PodName(exporter.namespace(), exporter.name());
                for (Series series : all) {
                    podOf(series, itself)
                            .ifPresent(pod -> answer.byPod
                                    .computeIfAbsent(pod, _ -> new ArrayList<>())
                                    .add(series));
                }
                yield answer;
            }
        };
    }

    private static Optional<PodName> podOf(Series series, PodName exporter) {
        Set<PodName> named = new HashSet<>();
        for (PodName labels : LABELS) {
            String namespace = series.labels().getOrDefault(labels.namespace(), "");
            String name = series.labels().getOrDefault(labels.name(), "");
            if (!namespace.isEmpty() && !name.isEmpty()) {
                named.add(new PodName(namespace, name));
            }
        }
        named.remove(exporter);
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }

    String node() {
        return node;
    }

    /** As if this pod had been asked; without any series where the exporter names it nowhere. */
    ScrapeResult of(String namespace, String pod) {
        return failed.<ScrapeResult>map(why -> why)
                .orElseGet(() -> new Scraped(byPod.getOrDefault(new PodName(namespace, pod), List.of())));
    }
}
