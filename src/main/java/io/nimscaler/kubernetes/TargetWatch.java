package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.scaler.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The scale target of one ScaledObject: its replicas by {@code /scale}, and its pods by a watch of its selector. The last answer
 * of the API server stays valid for a while if no other comes. The age is checked when the answer is used, so it ends even if
 * the refreshing stops.
 *
 * <p>{@link #tend} and {@link #begin} are called by one thread at a time; the rest from any.
 */
final class TargetWatch implements ScaleReads.Reader, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TargetWatch.class);

    /** The key of the pods that the scale target itself selects. */
    private static final String OWN = "";

    /** However often its pods change. */
    private static final Duration BETWEEN_READS = Duration.ofSeconds(1);

    /** API servers refuse for a moment what is allowed while their caches of roles fill. */
    private static final int REFUSALS_BELIEVED = 2;

    /** What follows from the last read, and the watches that showed its pods then. */
    private record Shown(Observation observation, Instant readAt, List<PodWatch> watches) {}

    /**
     * There is no room for its pods until then.
     *
     * @param selector what {@code /scale} said that they are selected by
     */
    private record Rest(String reason, Instant until, Optional<String> selector) {}

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Duration scaleRefresh;
    private final Duration holdsFor;
    private final Confinement confinement;
    private final Map<String, PodWatch> watches = new ConcurrentHashMap<>();
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Optional<Rest> rest = Optional.empty();
    private volatile ScaledObject scaledObject;
    private volatile Set<String> podSelectors = Set.of();
    private volatile boolean podsChanged = true;
    private volatile boolean numberChanged = true;
    private Instant askedAt = Instant.EPOCH;
    private Instant due = Instant.EPOCH;
    private boolean underWay;
    private boolean closed;
    private Optional<ScaleReading.Read> lastRead = Optional.empty();
    private Instant lastReadAt = Instant.EPOCH;
    private int failures;
    private int refusals;
    private volatile boolean unsettled;

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
        this.holdsFor = LiveWatch.holdsFor(scaleRefresh);
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
    synchronized void describe(ScaledObject now, Set<String> selectors) {
        if (!now.target().equals(scaledObject.target())) {
            failures = 0;
        }
        if (!now.equals(scaledObject)) {
            // Whoever has mended it must not wait
            rest = Optional.empty();
        }
        scaledObject = now;
        podSelectors = selectors;
        podsChanged = true;
        numberChanged = true;
    }

    Observation observe(Optional<String> podSelector) {
        Shown latest = shown.get(podSelector.orElse(OWN));
        Optional<Rest> resting = rest;
        if (resting.isPresent()) {
            return new Observation.NoRoom(resting.get().reason());
        }
        if (latest == null) {
            return new Observation.NotKnown(trouble.orElse("the scale target was not read yet"));
        }
        Instant now = clock.instant();
        if (latest.readAt().plus(holdsFor).isBefore(now)) {
            // Others may scale meanwhile, and a number for a fleet that has grown unseen would shrink it
            return new Observation.NotKnown(trouble.orElse("/scale was not read for " + holdsFor.toSeconds() + " s"));
        }
        return doubt(latest.watches(), now).orElse(latest.observation());
    }

    /** The scale target's own pods as they are watched; none while they are not. */
    List<Pod> pods() {
        PodWatch own = watches.get(OWN);
        return own == null ? List.of() : own.present();
    }

    /** Looks after its watches, and says whether {@link #show} has something to show. */
    boolean tend(Instant now) {
        watches.values().forEach(watch -> watch.tend(now));
        boolean isRested =
                rest.filter(resting -> !now.isBefore(resting.until())).isPresent();
        return podsChanged || unsettled || isRested;
    }

    /** How many pods its watches keep. */
    int podsKept() {
        return watches.values().stream().mapToInt(PodWatch::size).sum();
    }

    /** Its pods are not watched until then, or until it is edited, and it is unknown. */
    synchronized void rest(String reason, Instant until) {
        rest = Optional.of(new Rest(reason, until, lastRead.map(ScaleReading.Read::selector)));
        shown.clear();
        watches.values().forEach(PodWatch::close);
        watches.clear();
    }

    /** Takes over what its watches show; asks no server. */
    synchronized void show() {
        if (closed) {
            return;
        }
        podsChanged = false;
        if (scaledObject.target().isEmpty()) {
            forgetWhatWasRead("KEDA has not resolved the kind of the scale target yet");
        } else {
            lastRead.ifPresent(this::showPods);
        }
    }

    @Override
    public synchronized boolean isDue(Instant now) {
        if (closed || underWay || scaledObject.target().isEmpty()) {
            return false;
        }
        boolean changed = numberChanged && failures == 0 && !now.isBefore(askedAt.plus(BETWEEN_READS));
        return changed || !now.isBefore(due);
    }

    @Override
    public synchronized Instant askedAt() {
        return askedAt;
    }

    @Override
    public synchronized void begin(Instant now) {
        underWay = true;
        numberChanged = false;
        askedAt = now;
    }

    @Override
    public void read() {
        Optional<ScaleTarget> target = scaledObject.target();
        ScaleReading reading = new ScaleReading.NoAnswer("/scale was not read");
        try {
            if (target.isPresent()) {
                reading = ScaleReading.of(client, target.get());
            }
        } catch (RuntimeException bug) {
            LOG.errorf(
                    bug,
                    "the read of /scale failed namespace=%s scaledObject=%s",
                    scaledObject.id().namespace(),
                    scaledObject.id().name());
        } finally {
            take(reading, target);
        }
    }

    private synchronized void take(ScaleReading reading, Optional<ScaleTarget> target) {
        underWay = false;
        if (closed) {
            return;
        }
        if (!target.equals(scaledObject.target())) {
            due = clock.instant();
            return;
        }
        switch (reading) {
            case ScaleReading.Read read -> {
                failures = 0;
                refusals = 0;
                trouble = Optional.empty();
                lastRead = Optional.of(read);
                lastReadAt = askedAt;
                showPods(read);
            }
            case ScaleReading.Unusable(String reason) -> {
                failures++;
                forgetWhatWasRead(reason);
            }
            case ScaleReading.Refused(String reason) -> {
                failures++;
                refusals++;
                trouble = Optional.of(reason);
                if (refusals >= REFUSALS_BELIEVED) {
                    forgetWhatWasRead(reason);
                }
            }
            case ScaleReading.NoAnswer(String reason) -> {
                failures++;
                refusals = 0;
                trouble = Optional.of(reason);
            }
        }
        due = askedAt.plus(pause());
    }

    /** After a failure 1, 2, 4 s and so on. */
    private Duration pause() {
        Duration backedOff = BETWEEN_READS.multipliedBy(1L << Math.clamp(failures - 1, 0, 20));
        return failures == 0 || backedOff.compareTo(scaleRefresh) > 0 ? scaleRefresh : backedOff;
    }

    private void showPods(ScaleReading.Read read) {
        Instant now = clock.instant();
        Optional<String> selector = Optional.of(read.selector());
        if (rest.filter(resting ->
                        now.isBefore(resting.until()) && resting.selector().equals(selector))
                .isPresent()) {
            return;
        }
        rest = Optional.empty();
        Set<String> wanted = new HashSet<>(podSelectors);
        wanted.add(OWN);
        watches.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        shown.keySet().retainAll(wanted);
        wanted.forEach(key -> watch(key, key.equals(OWN) ? read.selector() : key));
        unsettled = !watches.values().stream().allMatch(PodWatch::isUpToDate);
        wanted.forEach(key -> showPods(key, read));
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
            watches.put(key, new PodWatch(client, namespace, selector, confinement, clock, changes()));
        }
    }

    private PodWatch.Listener changes() {
        return new PodWatch.Listener() {
            @Override
            public void podsChanged() {
                podsChanged = true;
            }

            @Override
            public void numberChanged() {
                numberChanged = true;
            }
        };
    }

    private void showPods(String key, ScaleReading.Read read) {
        PodWatch watch = watches.get(key);
        if (watch == null) {
            trouble = Optional.of("/scale gives no selector: set podSelector in the trigger's metadata");
            shown.remove(key);
            return;
        }
        // The HPA counts by the scale target's own selector, whatever pods are read
        PodWatch own = watches.getOrDefault(OWN, watch);
        List<PodWatch> both = own == watch ? List.of(watch) : List.of(watch, own);
        Observation observation = doubt(both, clock.instant())
                .orElseGet(() -> new Observation.Known(read.scale(), own.readyPods(), watch.pods()));
        shown.put(key, new Shown(observation, lastReadAt, both));
    }

    private Optional<Observation> doubt(List<PodWatch> some, Instant now) {
        return some.stream()
                .flatMap(watch -> watch.untrustedBecause(now, holdsFor).stream())
                .findFirst()
                .map(doubt -> new Observation.NotKnown("the watch of its pods " + doubt));
    }

    private void forgetWhatWasRead(String reason) {
        lastRead = Optional.empty();
        trouble = Optional.of(reason);
        shown.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(PodWatch::close);
    }
}
