package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.scaler.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One ScaledObject's scale target: its replicas by {@code /scale}, and its pods by a watch of its selector. What the API
 * server last said holds for a while if it says nothing else.
 *
 * <p>{@link #refresh} is called by one thread at a time; the rest from any.
 */
final class TargetWatch implements AutoCloseable {

    /** The key of the pods that the scale target itself selects. */
    private static final String OWN = "";

    /** For so many intervals of reading {@code /scale}, what it and the watches last said holds while the API server says nothing else. */
    private static final int HOLDS_FOR_REFRESHES = 3;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Duration scaleRefresh;
    private final Confinement confinement;
    private final Map<String, PodWatch> watches = new ConcurrentHashMap<>();
    private final Map<String, Observation> observations = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private volatile ScaledObject scaledObject;
    private volatile Set<String> podSelectors = Set.of();
    private Optional<ScaleReading.Read> lastRead = Optional.empty();
    private Instant lastReadAt = Instant.EPOCH;
    private boolean unsettled;
    private Instant scaleDue = Instant.MIN;
    private boolean closed;

    TargetWatch(
            KubernetesClient client,
            ScaledObject scaledObject,
            Duration scaleRefresh,
            Confinement confinement,
            InstantSource clock) {
        this.confinement = confinement;
        this.client = client;
        this.scaledObject = scaledObject;
        this.scaleRefresh = scaleRefresh;
        this.clock = clock;
    }

    ScaledObject scaledObject() {
        return scaledObject;
    }

    /**
     * The ScaledObject as it is now.
     *
     * @param selectors those of its triggers that name one
     */
    void describe(ScaledObject now, Set<String> selectors) {
        scaledObject = now;
        podSelectors = selectors;
        changed.set(true);
    }

    Observation observe(Optional<String> podSelector) {
        Observation known = observations.get(podSelector.orElse(OWN));
        return known == null ? new Observation.NotKnown("the scale target was not read yet") : known;
    }

    /** Reads what has changed or is due; blocks on the API server. */
    synchronized void refresh() {
        if (closed) {
            return;
        }
        Instant now = clock.instant();
        if (changed.getAndSet(false) || !now.isBefore(scaleDue)) {
            scaleDue = now.plus(scaleRefresh);
            read(now);
        } else if (unsettled || !allUpToDate()) {
            lastRead.ifPresent(this::observePods);
        }
    }

    private void read(Instant now) {
        Optional<ScaleTarget> target = scaledObject.target();
        if (target.isEmpty()) {
            observeEverywhere("KEDA has not resolved the kind of the scale target yet");
            return;
        }
        switch (ScaleReading.of(client, target.get())) {
            case ScaleReading.Read read -> {
                lastRead = Optional.of(read);
                lastReadAt = now;
                observePods(read);
            }
            case ScaleReading.Refused(String reason) -> {
                lastRead = Optional.empty();
                observeEverywhere(reason);
            }
            case ScaleReading.NoAnswer(String reason) -> {
                // What was known holds for a while; but others may scale meanwhile, and a number for a fleet that has
                // grown unseen would shrink it
                boolean tooOld = lastReadAt.plus(holdsFor()).isBefore(now);
                if (lastRead.isEmpty() || tooOld) {
                    observeEverywhere(reason);
                } else {
                    lastRead.ifPresent(this::observePods);
                }
            }
        }
    }

    private void observePods(ScaleReading.Read read) {
        Set<String> wanted = new HashSet<>(podSelectors);
        wanted.add(OWN);
        watches.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        observations.keySet().retainAll(wanted);
        wanted.forEach(key -> watch(key, key.equals(OWN) ? read.selector() : key));
        unsettled = !allUpToDate();
        wanted.forEach(key -> observations.put(key, observation(key, read)));
    }

    private void watch(String key, String selector) {
        PodWatch watch = watches.get(key);
        if (watch != null && watch.isOf(selector)) {
            return;
        }
        if (watch != null) {
            watches.remove(key);
            watch.close();
        }
        if (!selector.isEmpty()) {
            String namespace = scaledObject.id().namespace();
            watches.put(key, new PodWatch(client, namespace, selector, confinement, clock, () -> changed.set(true)));
        }
    }

    private Observation observation(String key, ScaleReading.Read read) {
        PodWatch watch = watches.get(key);
        if (watch == null) {
            return new Observation.NotKnown("/scale gives no selector: set podSelector in the trigger's metadata");
        }
        Optional<String> doubt = watch.doubt(clock.instant(), holdsFor());
        if (doubt.isPresent()) {
            return new Observation.NotKnown("the watch of its pods " + doubt.get());
        }
        // The HPA counts by the scale target's own selector, whatever pods are read
        PodWatch own = watches.getOrDefault(OWN, watch);
        return new Observation.Known(read.scale(), own.readyPods(), watch.pods());
    }

    private boolean allUpToDate() {
        return watches.values().stream().allMatch(PodWatch::isUpToDate);
    }

    private Duration holdsFor() {
        return scaleRefresh.multipliedBy(HOLDS_FOR_REFRESHES);
    }

    private void observeEverywhere(String reason) {
        Observation observation = new Observation.NotKnown(reason);
        observations.keySet().forEach(key -> observations.put(key, observation));
        observations.put(OWN, observation);
        podSelectors.forEach(key -> observations.put(key, observation));
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(PodWatch::close);
    }
}
