package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.window.MinuteBudget;
import io.nimscaler.window.TokenBucket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ScaledObjects with a trigger of this scaler, and their scale targets, from a real cluster. They are watched from the
 * start, so that polling begins before KEDA's first call and every replica of the scaler is warm.
 */
public final class KubernetesPods implements Pods, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(KubernetesPods.class);
    private static final long REFRESH_MILLIS = 250;
    private static final Duration HUNG_AFTER = Duration.ofSeconds(60);
    private static final int READS_AT_ONCE = 16;

    /** All scale targets together; those that there is room for, once in 30 s each, are half of it. */
    private static final int READS_PER_SECOND = 50;

    /** So that a start takes no longer than before with some hundred of them. */
    private static final int READS_AT_FIRST = 500;

    /** Of HPAs that do not act, which may be all at once: for example while no metrics are served. Events are 120 a minute. */
    private static final int HPA_READS_AT_ONCE = 4;

    private static final int HPA_READS_PER_SECOND = 5;

    private static final int HPA_READS_AT_FIRST = 20;

    /** Pods of one ScaledObject may say 25 MB within a second. */
    private static final Duration BETWEEN_COUNTS = Duration.ofMillis(500);

    /** One that there is no room for is looked at again: by then it may be smaller, or another be gone. */
    private static final Duration REST = Duration.ofMinutes(5);

    /** Whoever edits ScaledObjects in a loop must not flood the log. */
    private static final int LINES_PER_MINUTE = 120;

    private static final ResourceDefinitionContext SCALED_OBJECTS = new ResourceDefinitionContext.Builder()
            .withGroup("keda.sh")
            .withVersion("v1alpha1")
            .withKind("ScaledObject")
            .withPlural("scaledobjects")
            .withNamespaced(true)
            .build();

    /**
     * @param namespaces empty: all
     * @param serviceNames first label of the host of a {@code scalerAddress} that is ours
     * @param scaleRefresh how often replicas are read although nothing is seen to change
     * @param confinement which pods may be asked
     * @param check what the settings say of a trigger
     */
    public record Watched(
            List<String> namespaces,
            List<String> serviceNames,
            Duration scaleRefresh,
            Confinement confinement,
            TriggerCheck check) {}

    private final KubernetesClient client;
    private final Watched watched;
    private final InstantSource clock;
    private final Map<ScaledObjectId, TargetWatch> targets = new ConcurrentHashMap<>();
    private final List<LiveWatch<GenericKubernetesResource>> watches = new CopyOnWriteArrayList<>();

    /** Hashes of what was taken last of those that are ours: KEDA writes a status with each of its polls. */
    private final Map<ScaledObjectId, Integer> taken = new ConcurrentHashMap<>();

    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("scale-targets").daemon().factory());
    private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScaleReads scaleReads =
            new ScaleReads(READS_AT_ONCE, new TokenBucket(READS_PER_SECOND, READS_AT_FIRST), reads);
    private final ScaleReads hpaReads =
            new ScaleReads(HPA_READS_AT_ONCE, new TokenBucket(HPA_READS_PER_SECOND, HPA_READS_AT_FIRST), reads);
    private final Set<TargetWatch> showing = ConcurrentHashMap.newKeySet();
    private volatile Instant lastRefresh;
    private final ScaledObjectEvents events;
    private final Capacity capacity =
            new Capacity(Capacity.forHeap(Runtime.getRuntime().maxMemory()));
    private final PodRoom podRoom;
    private Instant countedAt = Instant.EPOCH;

    private final MinuteBudget lines = new MinuteBudget(LINES_PER_MINUTE);
    private final Notices notices = new Notices();
    private final Outsiders outsiders;
    private final IdlestFirst idlestFirst;
    private final ApiServerContact contact;

    public KubernetesPods(KubernetesClient client, Watched watched, InstantSource clock) {
        this(
                client,
                watched,
                clock,
                new PodRoom(PodRoom.forHeap(Runtime.getRuntime().maxMemory())));
    }

    KubernetesPods(KubernetesClient client, Watched watched, InstantSource clock, PodRoom podRoom) {
        this.podRoom = podRoom;
        this.client = client;
        this.watched = watched;
        this.clock = clock;
        this.lastRefresh = clock.instant();
        this.events = new ScaledObjectEvents(client, reads, clock);
        this.outsiders = new Outsiders(client, events);
        this.idlestFirst = new IdlestFirst(client, events, reads, clock);
        this.contact = new ApiServerContact(
                () -> ScaledObjectList.trouble(client, watched.namespaces()), reads, clock.instant());
    }

    /** Tells a decision's news on its ScaledObject. */
    public void decided(Snapshot snapshot) {
        TargetWatch target = targets.get(snapshot.scaledObject());
        if (target != null) {
            events.decided(target.scaledObject(), snapshot);
            outsiders.decided(target.scaledObject(), snapshot);
            idlestFirst.decided(target.scaledObject(), snapshot, target::pods);
        }
    }

    /** What is kept of a trigger goes with the trigger. */
    public void retain(List<Snapshot> present) {
        events.retain(present);
        outsiders.retain(present);
    }

    /** Begins to watch; returns at once, and retries without end. */
    public void start(ScalerControl control) {
        var resources = client.genericKubernetesResources(SCALED_OBJECTS);
        Changes changes = new Changes(control);
        if (watched.namespaces().isEmpty()) {
            watches.add(new LiveWatch<>(
                    () -> resources.inAnyNamespace().runnableInformer(0).itemStore(new SlimScaledObjects()),
                    changes,
                    clock));
        } else {
            watched.namespaces()
                    .forEach(namespace -> watches.add(new LiveWatch<>(
                            () -> resources
                                    .inNamespace(namespace)
                                    .runnableInformer(0)
                                    .itemStore(new SlimScaledObjects()),
                            changes,
                            clock)));
        }
        refresher.scheduleWithFixedDelay(() -> refresh(control), 0, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private final class Changes implements LiveWatch.Listener<GenericKubernetesResource> {

        private final ScalerControl control;

        Changes(ScalerControl control) {
            this.control = control;
        }

        @Override
        public void isThere(@Nullable GenericKubernetesResource before, GenericKubernetesResource now) {
            ScaledObject scaledObject = ScaledObject.of(now);
            Integer hash = scaledObject.hashCode();
            if (!hash.equals(taken.put(scaledObject.id(), hash))) {
                take(scaledObject, control);
            }
        }

        @Override
        public void isGone(GenericKubernetesResource before) {
            ScaledObjectId id = ScaledObject.idOf(before);
            taken.remove(id);
            gone(id, control);
        }
    }

    private void take(ScaledObject scaledObject, ScalerControl control) {
        ScaledObjectId id = scaledObject.id();
        ScaledObjectTriggers ours = ScaledObjectTriggers.of(scaledObject, watched.serviceNames(), watched.check());
        if (ours.number() == 0) {
            taken.remove(id);
            gone(id, control);
            return;
        }
        Optional<String> refusal = capacity.enter(scaledObject, ours.number());
        if (refusal.isPresent()) {
            forget(id, control);
            if (!capacity.isWaiting(id)) {
                // So that it is looked at again with the next change of it, KEDA's of its status among them
                taken.remove(id);
            }
            ScaledObjectTriggers.Complaint complaint =
                    new ScaledObjectTriggers.Complaint(Notice.TRIGGER_REFUSED, refusal.get());
            notices.put(id, List.of(complaint));
            complain(scaledObject, complaint);
            return;
        }
        TargetWatch before = targets.get(id);
        if (before != null && before.scaledObject().scalesAnotherTargetThan(scaledObject)) {
            // Samples and windows of one workload say nothing of another
            forget(id, control);
        }
        targets.computeIfAbsent(
                        id,
                        _ -> new TargetWatch(
                                client, scaledObject, watched.scaleRefresh(), watched.confinement(), clock))
                .describe(scaledObject, ours.podSelectors());
        control.put(id, ours.triggers(), ours.byCall());
        if (mayLog()) {
            LOG.infof(
                    "watching namespace=%s scaledObject=%s triggers=%d target=%s",
                    id.namespace(),
                    id.name(),
                    ours.number(),
                    scaledObject.target().map(ScaleTarget::toString).orElse("not resolved yet"));
        }
        // KEDA writes an Event of its own when it is paused
        notices.put(
                id,
                Stream.concat(ours.complaints().stream(), paused(scaledObject)).toList());
        ours.complaints().forEach(complaint -> complain(scaledObject, complaint));
    }

    private static Stream<ScaledObjectTriggers.Complaint> paused(ScaledObject scaledObject) {
        return scaledObject.scaling().pause().stream()
                .map(pause -> new ScaledObjectTriggers.Complaint(
                        pause.isWhole() ? Notice.PAUSED : Notice.PAUSED_IN_PART, pause.text()));
    }

    private void complain(ScaledObject scaledObject, ScaledObjectTriggers.Complaint complaint) {
        ScaledObjectId id = scaledObject.id();
        if (mayLog()) {
            LOG.warnf(
                    "%s namespace=%s scaledObject=%s: %s",
                    complaint.reason(), id.namespace(), id.name(), complaint.text());
        }
        events.warn(scaledObject, complaint.reason(), complaint.text());
    }

    private boolean mayLog() {
        synchronized (lines) {
            boolean may = lines.take(clock.instant());
            int leftOut = lines.leftOut();
            if (leftOut > 0) {
                LOG.warnf(
                        "log lines on ScaledObjects were left out number=%d: there were more than %d in a minute",
                        leftOut, LINES_PER_MINUTE);
            }
            return may;
        }
    }

    /** Who waits for its place comes in. */
    private void gone(ScaledObjectId id, ScalerControl control) {
        notices.remove(id);
        forget(id, control);
        capacity.leave(id).ifPresent(next -> take(next, control));
    }

    private void forget(ScaledObjectId id, ScalerControl control) {
        TargetWatch target = targets.remove(id);
        if (target != null) {
            control.remove(id);
            outsiders.forget(id);
            idlestFirst.forget(target.scaledObject(), target.pods());
            reads.execute(target::close);
            if (mayLog()) {
                LOG.infof("no longer watching namespace=%s scaledObject=%s", id.namespace(), id.name());
            }
        }
    }

    /** Whatever happens in one turn, there is a next one. */
    private void refresh(ScalerControl control) {
        try {
            Instant now = clock.instant();
            lastRefresh = now;
            watches.forEach(watch -> watch.tend(now));
            contact.look(hasSynced(), isWatching(), now);
            makeRoom(control, now);
            targets.values().forEach(target -> show(target, now));
            scaleReads.begin(targets.values(), now);
            hpaReads.begin(outsiders.readers(), now);
        } catch (RuntimeException | Error trouble) {
            LOG.error("the refresh of the scale targets failed", trouble);
        }
    }

    /** Lets those go that there is no room for. */
    private void makeRoom(ScalerControl control, Instant now) {
        if (now.isBefore(countedAt.plus(BETWEEN_COUNTS))) {
            return;
        }
        countedAt = now;
        Map<ScaledObjectId, PodRoom.Kept> kept = new HashMap<>();
        targets.forEach((id, target) -> {
            int pods = target.podsKept();
            // What is remembered of pods that are not watched any more goes with the next decision
            kept.put(id, new PodRoom.Kept(pods, pods == 0 ? 0 : control.keptOfPods(id)));
        });
        for (ScaledObjectId id : podRoom.over(kept)) {
            TargetWatch target = targets.get(id);
            PodRoom.Kept its = kept.get(id);
            if (target != null && its != null) {
                target.rest(podRoom.refusal(its), now.plus(REST));
            }
        }
    }

    /** Each on its own thread, so that one with many pods does not delay the others. */
    private void show(TargetWatch target, Instant now) {
        if (target.tend(now) && showing.add(target)) {
            reads.execute(() -> {
                try {
                    target.show();
                } finally {
                    showing.remove(target);
                }
            });
        }
    }

    @Override
    public boolean isAlive() {
        return watches.isEmpty() || !lastRefresh.plus(HUNG_AFTER).isBefore(clock.instant());
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        TargetWatch target = targets.get(scaledObject);
        if (target != null) {
            return target.observe(podSelector);
        }
        Optional<String> refusal = capacity.refusal(scaledObject);
        if (refusal.isPresent()) {
            return new Observation.NotKnown(refusal.get());
        }
        return hasSynced()
                ? new Observation.Absent("no ScaledObject of this name has a trigger whose scalerAddress begins with "
                        + String.join(" or ", watched.serviceNames()) + " (a ScaledJob is not supported)")
                : new Observation.NotKnown("the watch of ScaledObjects has not synced yet");
    }

    @Override
    public Optional<ReplicaBounds> bounds(ScaledObjectId scaledObject) {
        return Optional.ofNullable(targets.get(scaledObject))
                .map(target -> target.scaledObject().replicaBounds());
    }

    private boolean isWatching() {
        return watches.stream().allMatch(LiveWatch::isUpToDate);
    }

    @Override
    public Contact contact() {
        return contact.contact();
    }

    @Override
    public List<Notice> notices() {
        return Stream.concat(notices.all().stream(), outsiders.notices().stream())
                .sorted(Comparator.comparing(Notice::scaledObject))
                .toList();
    }

    @Override
    public boolean hasSynced() {
        return !watches.isEmpty() && watches.stream().allMatch(LiveWatch::hasSynced);
    }

    @Override
    public void close() {
        refresher.shutdownNow();
        reads.shutdownNow();
        watches.forEach(LiveWatch::close);
        targets.values().forEach(TargetWatch::close);
    }
}
