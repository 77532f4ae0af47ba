package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The pods of one namespace that match one label selector: never all pods of a cluster. */
final class PodWatch implements AutoCloseable {

    private static final int MAX_TROUBLE = 200;

    private final String selector;
    private final Confinement confinement;
    private final SharedIndexInformer<Pod> informer;
    private final InstantSource clock;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Instant lastWatchedAt;

    /**
     * @param confinement which of them may be asked
     * @param changed called on each change, from a thread of the client's
     */
    PodWatch(
            KubernetesClient client,
            String namespace,
            String selector,
            Confinement confinement,
            InstantSource clock,
            Runnable changed) {
        this.selector = selector;
        this.confinement = confinement;
        this.clock = clock;
        this.lastWatchedAt = clock.instant();
        this.informer = client.pods()
                .inNamespace(namespace)
                .withLabelSelector(selector)
                .runnableInformer(0)
                .itemStore(new SlimPods())
                .exceptionHandler((_, cause) -> {
                    trouble = Optional.ofNullable(cause.getMessage());
                    return true;
                })
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod pod) {
                        changed.run();
                    }

                    @Override
                    public void onUpdate(Pod before, Pod after) {
                        changed.run();
                    }

                    @Override
                    public void onDelete(Pod pod, boolean finalStateUnknown) {
                        changed.run();
                    }

                    @Override
                    public void onNothing() {
                        changed.run();
                    }
                });
        informer.start();
    }

    boolean isOf(String other) {
        return selector.equals(other);
    }

    /** Whether it shows what there is at this moment. */
    boolean isUpToDate() {
        return informer.hasSynced() && informer.isWatching();
    }

    /**
     * Why what it shows does not hold, as the end of a sentence about it; empty where it does. A watch that is broken is made anew for ever, and where that is refused
     * nobody is told: the pods that it shows may be others' by now.
     *
     * @param holdsFor how long it holds while the watch is broken
     */
    Optional<String> doubt(Instant now, Duration holdsFor) {
        if (!informer.hasSynced()) {
            return Optional.of("has not synced yet" + lastTrouble());
        }
        if (informer.isWatching()) {
            lastWatchedAt = now;
            trouble = Optional.empty();
        }
        return lastWatchedAt.plus(holdsFor).isBefore(now) ? Optional.of("is broken" + lastTrouble()) : Optional.empty();
    }

    private String lastTrouble() {
        return trouble.map(text -> " (" + (text.length() > MAX_TROUBLE ? text.substring(0, MAX_TROUBLE) : text) + ")")
                .orElse("");
    }

    /**
     * What the HPA counts, terminating pods included (kubernetes: replica_calculator.go, {@code getReadyPodsCount}).
     */
    int readyPods() {
        return (int)
                informer.getStore().list().stream().filter(PodMapping::isReady).count();
    }

    List<io.nimscaler.scaler.Pod> pods() {
        return informer.getStore().list().stream()
                .filter(PodMapping::counts)
                .map(pod -> confined(pod, PodMapping.map(pod, clock.instant())))
                .toList();
    }

    private io.nimscaler.scaler.Pod confined(Pod pod, io.nimscaler.scaler.Pod mapped) {
        return confinement.refusal(pod).map(mapped::offLimits).orElse(mapped);
    }

    @Override
    public void close() {
        informer.close();
    }
}
