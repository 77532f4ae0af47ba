package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pods of one namespace that match one label selector: never all pods of a cluster. */
final class PodWatch implements AutoCloseable {

    /** What is read of a pod. */
    private record Seen(boolean counts, boolean ready, io.nimscaler.scaler.Pod mapped, Optional<String> offLimits) {}

    /** Is told from threads of the client's. */
    interface Listener {

        /** Something that is read of a pod is different. */
        void podsChanged();

        /** A pod has come or gone: {@code /scale} may be another, too. */
        void numberChanged();
    }

    private final String selector;
    private final Confinement confinement;
    private final LiveWatch<Pod> watch;
    private final InstantSource clock;

    /**
     * @param confinement which of them may be asked
     */
    PodWatch(
            KubernetesClient client,
            String namespace,
            String selector,
            Confinement confinement,
            InstantSource clock,
            Listener listener) {
        this.selector = selector;
        this.confinement = confinement;
        this.clock = clock;
        this.watch = new LiveWatch<>(
                () -> client.pods()
                        .inNamespace(namespace)
                        .withLabelSelector(selector)
                        .runnableInformer(0)
                        .itemStore(new SlimPods()),
                new LiveWatch.Listener<>() {
                    @Override
                    public void isThere(@Nullable Pod before, Pod now) {
                        if (before == null || PodMapping.counts(before) != PodMapping.counts(now)) {
                            listener.podsChanged();
                            listener.numberChanged();
                        } else if (!seen(before, confinement).equals(seen(now, confinement))) {
                            listener.podsChanged();
                        }
                    }

                    @Override
                    public void isGone(Pod before) {
                        listener.podsChanged();
                        listener.numberChanged();
                    }
                },
                clock);
    }

    /** A heartbeat or an annotation, which anyone may write at any rate, changes nothing of it. */
    private static Seen seen(Pod pod, Confinement confinement) {
        return new Seen(
                PodMapping.counts(pod),
                PodMapping.isReady(pod),
                PodMapping.map(pod, Instant.EPOCH),
                confinement.refusal(pod));
    }

    boolean isOf(String other) {
        return selector.equals(other);
    }

    /** Opens another watch where this one shows no sign of life. */
    void tend(Instant now) {
        watch.tend(now);
    }

    /** Whether it shows what there is at this moment. */
    boolean isUpToDate() {
        return watch.isUpToDate();
    }

    /** See {@link LiveWatch#untrustedBecause}. */
    Optional<String> untrustedBecause(Instant now, Duration holdsFor) {
        return watch.untrustedBecause(now, holdsFor);
    }

    /**
     * What the HPA counts, terminating pods included (kubernetes: replica_calculator.go, {@code getReadyPodsCount}).
     */
    int readyPods() {
        return (int) watch.list().stream().filter(PodMapping::isReady).count();
    }

    List<io.nimscaler.scaler.Pod> pods() {
        return watch.list().stream()
                .filter(PodMapping::counts)
                .map(pod -> confined(pod, PodMapping.map(pod, clock.instant())))
                .toList();
    }

    /** How many it keeps, whatever their state. */
    int size() {
        return watch.list().size();
    }

    /** Those that count, as the watch has them. */
    List<Pod> present() {
        return watch.list().stream().filter(PodMapping::counts).toList();
    }

    private io.nimscaler.scaler.Pod confined(Pod pod, io.nimscaler.scaler.Pod mapped) {
        return confinement.refusal(pod).map(mapped::offLimits).orElse(mapped);
    }

    @Override
    public void close() {
        watch.close();
    }
}
