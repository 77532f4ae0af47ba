package io.nimscaler.scaler;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.ExporterPolls;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.NamesInUse;
import io.nimscaler.poll.Scraper;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.trigger.WrittenMetadata;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * All scalers. Which ScaledObjects there are comes in through {@link #put} and {@link #remove}, time through {@link #tick},
 * bytes through the ports; out go snapshots.
 *
 * <p>{@code put}, {@code remove} and {@code tick} belong to the owner's thread, on which the {@link Scraper} delivers, too.
 * The other methods read, from any thread and without a lock.
 */
public final class Scalers implements Decisions {

    /** What fails may fail again, and would be due at once: it must neither keep the thread busy nor fill the log. */
    private static final Duration AFTER_A_BUG = Duration.ofMillis(50);

    private final Pods pods;
    private final Scraper scraper;
    private final WakeSources wakeSources;
    private final TriggerCheck check;
    private final NamesInUse names = new NamesInUse();
    private final ExporterPolls exporterPolls;
    private final Consumer<Snapshot> decided;
    private final boolean watches;
    private final Map<ScaledObjectId, ScaledObjectScalers> scaledObjects = new ConcurrentSkipListMap<>();
    private final Agenda<ScaledObjectId> agenda = new Agenda<>();
    private final RefusedCalls refusedCalls = new RefusedCalls();

    /** Without the {@link Circumstances} of decisions. */
    public Scalers(
            Pods pods,
            Scraper scraper,
            WakeSources wakeSources,
            GpuExporters gpuExporters,
            Consumer<Snapshot> decided) {
        this(pods, scraper, wakeSources, gpuExporters, decided, false);
    }

    /**
     * @param decided told of each decision, on the owner's thread
     * @param watches whether the {@link Circumstances} of decisions are told: more series are then read of each pod
     */
    public Scalers(
            Pods pods,
            Scraper scraper,
            WakeSources wakeSources,
            GpuExporters gpuExporters,
            Consumer<Snapshot> decided,
            boolean watches) {
        this.pods = pods;
        this.scraper = scraper;
        this.wakeSources = wakeSources;
        this.check = wakeSources.and(gpuExporters);
        this.exporterPolls = new ExporterPolls(gpuExporters, names);
        this.decided = decided;
        this.watches = watches;
    }

    /**
     * From now on this ScaledObject has these triggers and no others. A trigger that measures the same as before goes on
     * with its samples and windows.
     *
     * @param acceptsTriggersByCall whether it may have any triggers that only a call can tell, see {@link #adopt}, which the HPA then
     *     compares by AverageValue
     */
    public void put(ScaledObjectId id, Collection<Trigger> triggers, boolean acceptsTriggersByCall, Instant now) {
        put(id, triggers, acceptsTriggersByCall ? Set.of(TriggerByCall.any(MetricType.AVERAGE_VALUE)) : Set.of(), now);
    }

    /**
     * The same.
     *
     * @param byCall those of its triggers that only a call can tell
     */
    public void put(ScaledObjectId id, Collection<Trigger> triggers, Set<TriggerByCall> byCall, Instant now) {
        refusedCalls.forget(id);
        ScaledObjectScalers scaledObject = scaledObjects.computeIfAbsent(
                id, fresh -> new ScaledObjectScalers(fresh, exporterPolls, names, watches));
        scaledObject.replace(new LinkedHashSet<>(triggers), byCall, now);
        agenda.put(id, scaledObject.due(now));
    }

    /**
     * A call named this trigger. It gets a scaler where its ScaledObject is known and has a trigger that only calls tell, of which KEDA
     * can make this metadata.
     */
    public void adopt(ScaledObjectId id, Trigger trigger, WrittenMetadata written, Instant now) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        if (scaledObject != null) {
            scaledObject.adopt(trigger, written, now);
            agenda.put(id, scaledObject.due(now));
        }
    }

    /** This ScaledObject is gone. */
    public void remove(ScaledObjectId id) {
        scaledObjects.remove(id);
        agenda.remove(id);
        refusedCalls.forget(id);
    }

    /** Those for which time has to pass now, the longest due first; the others are not looked at. */
    public List<ScaledObjectId> due(Instant now) {
        return agenda.due(now);
    }

    /** When time has to pass for one of them next, in the past where that is due; {@link Instant#MAX}: there is none. */
    public Instant nextDue() {
        return agenda.nextDue();
    }

    /** Lets time pass for one ScaledObject: makes the decisions and asks the pods that are due. */
    public void tick(ScaledObjectId id, Instant now) {
        refusedCalls.forgetOld(id, now);
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        if (scaledObject != null) {
            Instant earliest = now.plus(AFTER_A_BUG);
            try {
                scaledObject.tick(now, pods, scraper, wakeSources, decided);
                earliest = Instant.MIN;
            } finally {
                Instant due = scaledObject.due(now);
                agenda.put(id, due.isBefore(earliest) ? earliest : due);
            }
        }
    }

    /** Asks the wake sources that are due; they are shared by all ScaledObjects. */
    public void pollWakeSources(Instant now) {
        wakeSources.pollIfDue(now, scraper);
    }

    /** Asks the exporters of GPUs that are due; they are shared by all ScaledObjects, too. */
    public void pollExporters(Instant now) {
        exporterPolls.pollIfDue(
                now, scraper, answer -> scaledObjects.values().forEach(scaledObject -> scaledObject.take(answer, now)));
    }

    @Override
    public Set<ScaledObjectId> scaledObjects() {
        return Collections.unmodifiableSet(scaledObjects.keySet());
    }

    @Override
    public Optional<Snapshot> snapshot(ScaledObjectId id, Trigger trigger) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        return scaledObject == null ? Optional.empty() : scaledObject.snapshot(trigger);
    }

    @Override
    public Optional<Snapshot> called(ScaledObjectId id, Trigger trigger, Instant now) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        return scaledObject == null ? Optional.empty() : scaledObject.called(trigger, now);
    }

    @Override
    public boolean isNew(ScaledObjectId id, Trigger trigger, Instant now) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        return scaledObject == null || scaledObject.isNew(trigger, now);
    }

    @Override
    public boolean isExpected(ScaledObjectId id, Trigger trigger, WrittenMetadata written) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        return scaledObject != null && scaledObject.isExpected(trigger, written);
    }

    @Override
    public List<Snapshot> snapshots() {
        return scaledObjects.values().stream()
                .flatMap(scaledObject -> scaledObject.snapshots().stream())
                .toList();
    }

    /** Of heap, about, in bytes: what is kept of the pods of this one by all its scalers, shadows included; from any thread. */
    public long keptOfPods(ScaledObjectId id) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        return scaledObject == null ? 0 : scaledObject.keptOfPods();
    }

    @Override
    public boolean allHaveDecided() {
        return pods.hasSynced() && scaledObjects.values().stream().allMatch(ScaledObjectScalers::allHaveDecided);
    }

    @Override
    public ParsedTrigger check(String namespace, ParsedTrigger parsed) {
        return check.check(namespace, parsed);
    }

    @Override
    public Observation observe(ScaledObjectId id) {
        return pods.observe(id, Optional.empty());
    }

    @Override
    public Optional<ReplicaBounds> bounds(ScaledObjectId id) {
        return pods.bounds(id);
    }

    @Override
    public Contact contact() {
        return pods.contact();
    }

    @Override
    public void refused(ScaledObjectId id, String text, Instant now) {
        ScaledObjectScalers scaledObject = scaledObjects.get(id);
        if (scaledObject != null && scaledObject.acceptsTriggersByCall()) {
            refusedCalls.note(id, text, now);
        }
    }

    @Override
    public List<Notice> notices() {
        List<Notice> byCall = refusedCalls.notices();
        return byCall.isEmpty()
                ? pods.notices()
                : Stream.concat(pods.notices().stream(), byCall.stream())
                        .sorted(Comparator.comparing(Notice::scaledObject))
                        .toList();
    }

    @Override
    public Answer presentAnswer(Snapshot snapshot) {
        return pods.observe(
                                snapshot.scaledObject(),
                                snapshot.trigger().reading().podSelector())
                        instanceof Observation.Known(Scale scale, int _, var _)
                ? snapshot.answer(scale)
                : snapshot.answer();
    }
}
