package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.poll.GpuExporter;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.scaler.Pod;
import io.nimscaler.trigger.Scheme;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** The pods of a DaemonSet of DCGM exporters, by their nodes. */
public final class ExporterWatch implements GpuExporters, AutoCloseable {

    /**
     * @param selector label selector of the exporters' pods
     * @param path path, with a query if any, starting with {@code /}
     * @param podAuth name of the trust and credentials that they are asked with; empty: none
     * @param confinement which of them may be asked
     */
    public record Where(
            String namespace,
            String selector,
            Scheme scheme,
            int port,
            String path,
            Optional<String> podAuth,
            Confinement confinement) {}

    private final KubernetesClient client;
    private final Where where;
    private final InstantSource clock;
    private final Duration holdsFor;
    private final AtomicBoolean changed = new AtomicBoolean();
    private volatile Optional<PodWatch> watch = Optional.empty();
    private volatile Map<String, Pod> byNode = Map.of();

    /**
     * @param scaleRefresh how often replicas are read; the watch of exporters holds as long as those of scale targets, so that an
     *     exporter that went is not asked at an address that may be another's by then
     */
    public ExporterWatch(KubernetesClient client, Where where, Duration scaleRefresh, InstantSource clock) {
        this.holdsFor = LiveWatch.holdsFor(scaleRefresh);
        this.client = client;
        this.where = where;
        this.clock = clock;
    }

    /** Begins to watch; returns at once, and retries without end. */
    public void start() {
        PodWatch.Listener listener = new PodWatch.Listener() {
            @Override
            public void podsChanged() {
                changed.set(true);
            }

            @Override
            public void numberChanged() {
                changed.set(true);
            }
        };
        watch = Optional.of(
                new PodWatch(client, where.namespace(), where.selector(), where.confinement(), clock, listener));
    }

    @Override
    public boolean areConfigured() {
        return true;
    }

    @Override
    public OnNode on(String node) {
        watch.ifPresent(present -> present.tend(clock.instant()));
        Optional<String> doubt = watch.map(present -> present.untrustedBecause(clock.instant(), holdsFor))
                .orElse(Optional.of("has not begun yet"));
        if (doubt.isPresent()) {
            return new OnNode.None("the watch of the exporters in namespace " + where.namespace() + " " + doubt.get());
        }
        if (changed.getAndSet(false)) {
            byNode = watch.map(ExporterWatch::byNode).orElse(Map.of());
        }
        Pod pod = byNode.get(node);
        if (pod == null) {
            return new OnNode.None("no pod " + where.selector() + " in namespace " + where.namespace() + " on node "
                    + node + " that has an address");
        }
        return pod.access()
                .offLimits()
                .<OnNode>map(why -> new OnNode.None("exporter " + pod.name() + ": " + why))
                .orElseGet(() -> new OnNode.Exporter(exporter(pod)));
    }

    /** While one replaces another on a node, the one that is ready. */
    private static Map<String, Pod> byNode(PodWatch watch) {
        return watch.pods().stream()
                .filter(pod -> pod.access().node().isPresent() && pod.address().isPresent())
                .collect(Collectors.toUnmodifiableMap(
                        pod -> pod.access().node().orElseThrow(),
                        pod -> pod,
                        (one, other) -> one.ready() ? one : other));
    }

    private GpuExporter exporter(Pod pod) {
        return new GpuExporter(
                pod.uid(),
                where.namespace(),
                pod.name(),
                where.scheme(),
                pod.address().orElseThrow(),
                where.port(),
                where.path(),
                where.podAuth());
    }

    @Override
    public void close() {
        watch.ifPresent(PodWatch::close);
    }
}
