package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerCheck;
import io.nimscaler.window.MinuteBudget;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The ScaledObjects with a trigger that is ours, and their scale targets, from a real cluster. Watched from the start, so that
 * polling begins before KEDA's first call and every replica of this process is warm.
 */
public final class KubernetesPods implements Pods, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(KubernetesPods.class);
    private static final long REFRESH_MILLIS = 250;
    private static final int READS_AT_ONCE = 16;

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
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("scale-targets").daemon().factory());
    private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore readsAtOnce = new Semaphore(READS_AT_ONCE);
    private final Set<ScaledObjectId> refreshing = ConcurrentHashMap.newKeySet();
    private final ScaledObjectEvents events;
    private final Room room = new Room(Room.SCALED_OBJECTS);
    private final MinuteBudget lines = new MinuteBudget(LINES_PER_MINUTE);
    private final Notices notices = new Notices();
    private final ApiServerContact contact;

    public KubernetesPods(KubernetesClient client, Watched watched, InstantSource clock) {
        this.client = client;
        this.watched = watched;
        this.clock = clock;
        this.events = new ScaledObjectEvents(client, reads, clock);
        this.contact = new ApiServerContact(
                () -> ScaledObjectList.trouble(client, watched.namespaces()), reads, clock.instant());
    }

    /** Tells a decision's news on its ScaledObject. */
    public void decided(Snapshot snapshot) {
        TargetWatch target = targets.get(snapshot.scaledObject());
        if (target != null) {
            events.decided(target.scaledObject(), snapshot);
        }
    }

    /** What is kept of a trigger goes with the trigger. */
    public void retain(List<Snapshot> present) {
        events.retain(present);
    }

    /** Begins to watch; returns at once, and retries for ever. */
    public void start(ScalerControl control) {
        var resources = client.genericKubernetesResources(SCALED_OBJECTS);
        if (watched.namespaces().isEmpty()) {
            informers.add(resources.inAnyNamespace().runnableInformer(0));
        } else {
            watched.namespaces()
                    .forEach(namespace ->
                            informers.add(resources.inNamespace(namespace).runnableInformer(0)));
        }
        // Why it is broken is asked and said elsewhere
        informers.forEach(informer -> informer.exceptionHandler((_, _) -> true)
                .addEventHandler(new Changes(control))
                .start());
        refresher.scheduleWithFixedDelay(this::refresh, 0, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private final class Changes implements ResourceEventHandler<GenericKubernetesResource> {

        private final ScalerControl control;

        Changes(ScalerControl control) {
            this.control = control;
        }

        @Override
        public void onAdd(GenericKubernetesResource resource) {
            take(ScaledObject.of(resource), control);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            ScaledObject now = ScaledObject.of(after);
            // Its status changes with every poll of KEDA's
            if (!now.equals(ScaledObject.of(before))) {
                take(now, control);
            }
        }

        @Override
        public void onDelete(GenericKubernetesResource resource, boolean finalStateUnknown) {
            gone(ScaledObject.of(resource).id(), control);
        }
    }

    private void take(ScaledObject scaledObject, ScalerControl control) {
        ScaledObjectId id = scaledObject.id();
        OurTriggers ours = OurTriggers.of(scaledObject, watched.serviceNames(), watched.check());
        if (ours.number() == 0) {
            gone(id, control);
            return;
        }
        Optional<String> refusal = room.enter(scaledObject, ours.number());
        if (refusal.isPresent()) {
            forget(id, control);
            OurTriggers.Complaint complaint = new OurTriggers.Complaint(Notice.TRIGGER_REFUSED, refusal.get());
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
        control.put(id, ours.triggers(), ours.open());
        if (mayLog()) {
            LOG.infof(
                    "watching namespace=%s scaledObject=%s triggers=%d target=%s",
                    id.namespace(),
                    id.name(),
                    ours.number(),
                    scaledObject.target().map(ScaleTarget::toString).orElse("not resolved yet"));
        }
        notices.put(id, ours.complaints());
        ours.complaints().forEach(complaint -> complain(scaledObject, complaint));
    }

    private void complain(ScaledObject scaledObject, OurTriggers.Complaint complaint) {
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
                        "log lines on ScaledObjects left out number=%d: more than %d in a minute",
                        leftOut, LINES_PER_MINUTE);
            }
            return may;
        }
    }

    /** Who waits for its place comes in. */
    private void gone(ScaledObjectId id, ScalerControl control) {
        notices.remove(id);
        forget(id, control);
        room.leave(id).ifPresent(next -> take(next, control));
    }

    private void forget(ScaledObjectId id, ScalerControl control) {
        TargetWatch target = targets.remove(id);
        if (target != null) {
            control.remove(id);
            reads.execute(target::close);
            if (mayLog()) {
                LOG.infof("no longer watching namespace=%s scaledObject=%s", id.namespace(), id.name());
            }
        }
    }

    /** Each target's reads are apart, so that a slow answer on one does not delay the others. */
    private void refresh() {
        contact.look(hasSynced(), isWatching(), clock.instant());
        targets.forEach((id, target) -> {
            if (refreshing.add(id)) {
                reads.execute(() -> {
                    readsAtOnce.acquireUninterruptibly();
                    try {
                        target.refresh();
                    } finally {
                        readsAtOnce.release();
                        refreshing.remove(id);
                    }
                });
            }
        });
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        TargetWatch target = targets.get(scaledObject);
        if (target != null) {
            return target.observe(podSelector);
        }
        Optional<String> refusal = room.refusal(scaledObject);
        if (refusal.isPresent()) {
            return new Observation.NotKnown(refusal.get());
        }
        return hasSynced()
                ? new Observation.Absent("no ScaledObject of this name has a trigger whose scalerAddress begins with "
                        + String.join(" or ", watched.serviceNames()) + " (a ScaledJob is not supported)")
                : new Observation.NotKnown("the watch of ScaledObjects has not synced yet");
    }

    private boolean isWatching() {
        return informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    @Override
    public Contact contact() {
        return contact.contact();
    }

    @Override
    public List<Notice> notices() {
        return notices.all();
    }

    @Override
    public boolean hasSynced() {
        return !informers.isEmpty() && informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    @Override
    public void close() {
        refresher.shutdownNow();
        reads.shutdownNow();
        informers.forEach(SharedIndexInformer::close);
        targets.values().forEach(TargetWatch::close);
    }
}
