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
import org.jspecify.annotations.Nullable;

/**
 * One ScaledObject's scale target: its replicas by {@code /scale}, and its pods by a watch of its selector. What the API
 * server last said holds for as long as it says nothing else.
 *
 * <p>{@link #refresh} is called by one thread at a time; the rest from any.
 */
final class TargetWatch implements AutoCloseable {

    /** The key of the pods that the scale target itself selects. */
    private static final String OWN = "";

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Duration scaleRefresh;
    private final Map<String, PodWatch> watches = new ConcurrentHashMap<>();
    private final Map<String, Observation> observations = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private volatile ScaledObject scaledObject;
    private volatile Set<String> podSelectors = Set.of();
    private @Nullable ScaleTarget readTarget;
    private Optional<ScaleReading> scale = Optional.empty();
    private Instant scaleDue = Instant.MIN;
    private boolean closed;

    TargetWatch(KubernetesClient client, ScaledObject scaledObject, Duration scaleRefresh, InstantSource clock) {
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
        Instant now = clock.instant();
        boolean anyChange = changed.getAndSet(false);
        if (closed || (!anyChange && now.isBefore(scaleDue))) {
            return;
        }
        scaleDue = now.plus(scaleRefresh);
        Optional<ScaleTarget> target = scaledObject.target();
        if (target.isEmpty()) {
            observeEverywhere(new Observation.NotKnown("KEDA has not resolved the kind of the scale target yet"));
            return;
        }
        readScale(target.get());
        switch (scale.orElseThrow()) {
            case ScaleReading.Read read -> observePods(read);
            case ScaleReading.Refused(String reason) -> observeEverywhere(new Observation.NotKnown(reason));
            case ScaleReading.NoAnswer(String reason) -> observeEverywhere(new Observation.NotKnown(reason));
        }
    }

    private void readScale(ScaleTarget target) {
        ScaleReading now = ScaleReading.of(client, target);
        boolean sameTarget = target.equals(readTarget);
        boolean keepsWhatWasKnown = now instanceof ScaleReading.NoAnswer && sameTarget && scale.isPresent();
        if (!keepsWhatWasKnown) {
            scale = Optional.of(now);
        }
        readTarget = target;
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
        wanted.forEach(key -> observePods(key, key.equals(OWN) ? read.selector() : key, read));
    }

    private void observePods(String key, String selector, ScaleReading.Read read) {
        if (selector.isEmpty()) {
            observations.put(
                    key,
                    new Observation.NotKnown("/scale gives no selector: set podSelector in the trigger's metadata"));
            return;
        }
        PodWatch watch = watches.get(key);
        if (watch == null || !watch.isOf(selector)) {
            if (watch != null) {
                watch.close();
            }
            String namespace = scaledObject.id().namespace();
            watch = new PodWatch(client, namespace, selector, clock, () -> changed.set(true));
            watches.put(key, watch);
        }
        observations.put(
                key,
                watch.hasSynced()
                        ? new Observation.Known(read.scale(), watch.pods())
                        : new Observation.NotKnown("the watch of its pods has not synced yet"));
        if (!watch.hasSynced()) {
            changed.set(true);
        }
    }

    private void observeEverywhere(Observation observation) {
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
