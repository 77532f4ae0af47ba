package io.nimscaler.poll;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The answer of one node's exporter: its series, split by the pod that each belongs to.
 *
 * <p>Beside its own labels the exporter can copy labels that a pod's author chose (<a
 * href="https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/transformation/kubernetes.go">kubernetes.go</a>). So a
 * series that names two pods belongs to none.
 */
public final class ExporterAnswer {

    private record PodName(String namespace, String name) {}

    /** The exporter's own names; those after a relabelling for which it is the pod; those of its option {@code use-old-namespace}. */
    private static final List<PodName> LABELS = List.of(
            new PodName("namespace", "pod"),
            new PodName("exported_namespace", "exported_pod"),
            new PodName("pod_namespace", "pod_name"));

    private final String node;
    private final Optional<Problem> problem;
    private final Supplier<String> where;
    private final Map<PodName, List<SampleLine>> byPod = new HashMap<>();

    private ExporterAnswer(String node, Optional<Problem> problem, Supplier<String> where) {
        this.node = node;
        this.where = where;
        this.problem = problem;
    }

    /** There is no exporter to ask on this node, for this reason. */
    static ExporterAnswer none(String node, String why) {
        return new ExporterAnswer(node, Optional.of(new Problem(NoSample.NO_EXPORTER, why)), () -> "node " + node);
    }

    static ExporterAnswer of(String node, GpuExporter exporter, Polled polled) {
        return switch (polled.result()) {
            case Failed(ScrapeFailure reason, String detail) ->
                new ExporterAnswer(
                        node, Optional.of(new Problem(reason, detail, Optional.of(polled.where()))), polled::where);
            case Scraped(List<SampleLine> all, var _) -> {
                ExporterAnswer answer = new ExporterAnswer(node, Optional.empty(), polled::where);
                PodName itself = new PodName(exporter.namespace(), exporter.name());
                for (SampleLine series : all) {
                    podOf(series, itself)
                            .ifPresent(pod -> answer.byPod
                                    .computeIfAbsent(pod, _ -> new ArrayList<>())
                                    .add(series));
                }
                yield answer;
            }
        };
    }

    private static Optional<PodName> podOf(SampleLine series, PodName exporter) {
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

    public String node() {
        return node;
    }

    /** Why nothing was read there; empty where something was. */
    public Optional<Problem> problem() {
        return problem;
    }

    /** The address that was asked, for people. */
    public String where() {
        return where.get();
    }

    /** What was read of this pod; no series where the exporter names it nowhere. */
    public List<SampleLine> of(String namespace, String pod) {
        return byPod.getOrDefault(new PodName(namespace, pod), List.of());
    }
}
