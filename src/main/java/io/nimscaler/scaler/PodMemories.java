package io.nimscaler.scaler;

import io.nimscaler.policy.PodReading;
import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.ExporterAnswer;
import io.nimscaler.poll.Polled;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.PodValue;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What one trigger keeps of all its pods: a {@link PodMemory} of each that is there. What is kept of a pod goes with the pod. */
final class PodMemories {

    private final Trigger trigger;
    private final String namespace;
    private final boolean watchesTraffic;
    private final Map<String, PodMemory> byUid = new LinkedHashMap<>();
    private List<Pod> remembered = List.of();
    private volatile long keptBytes;

    /**
     * @param namespace of the pods
     * @param watchesTraffic see {@link PodMemory}
     */
    PodMemories(Trigger trigger, String namespace, boolean watchesTraffic) {
        this.trigger = trigger;
        this.namespace = namespace;
        this.watchesTraffic = watchesTraffic;
    }

    /** Takes over what another trigger that measures the same has kept. */
    void goOnFrom(PodMemories other) {
        byUid.putAll(other.byUid);
        remembered = other.remembered;
        keptBytes = other.keptBytes;
    }

    /** Begins with a copy of what another trigger that measures the same has kept. */
    void copy(PodMemories other) {
        other.byUid.forEach((uid, memory) -> byUid.put(uid, memory.copy(trigger)));
        remembered = other.remembered;
        count();
    }

    /** These pods are there now. */
    void describe(List<Pod> pods, Instant now) {
        if (pods.equals(remembered)) {
            byUid.forEach((uid, memory) -> memory.describe(memory.pod(), trigger, now));
            return;
        }
        remembered = List.copyOf(pods);
        Map<String, Pod> present =
                pods.stream().collect(Collectors.toMap(Pod::uid, pod -> pod, (one, same) -> one, LinkedHashMap::new));
        byUid.keySet().retainAll(present.keySet());
        present.forEach((uid, pod) -> byUid.computeIfAbsent(uid, fresh -> new PodMemory(pod, trigger, watchesTraffic))
                .describe(pod, trigger, now));
        count();
    }

    void forget() {
        byUid.clear();
        remembered = List.of();
        keptBytes = 0;
    }

    private void count() {
        keptBytes = byUid.values().stream().mapToLong(PodMemory::keptBytes).sum();
    }

    /** Of heap, about, in bytes; from any thread. */
    long keptBytes() {
        return keptBytes;
    }

    /** Where the pods are asked. */
    List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>(byUid.size());
        for (PodMemory memory : byUid.values()) {
            memory.endpoint(trigger, namespace).ifPresent(endpoints::add);
        }
        return endpoints;
    }

    /**
     * Takes the answer of one of the endpoints into account.
     *
     * @return false: it is none of them, any more
     */
    boolean take(Polled polled, Instant askedAt) {
        Endpoint endpoint = polled.endpoint();
        PodMemory memory = byUid.get(endpoint.podUid());
        if (memory == null
                || memory.endpoint(trigger, namespace).filter(endpoint::equals).isEmpty()) {
            return false;
        }
        long before = memory.keptBytes();
        memory.take(polled, trigger, askedAt);
        // At once: thousands of pods may answer within a second
        keptBytes += memory.keptBytes() - before;
        return true;
    }

    /** The nodes whose exporters are asked instead of the pods. */
    Set<String> gpuNodes() {
        if (!trigger.signal().isOfGpus()) {
            return Set.of();
        }
        return byUid.values().stream()
                .flatMap(memory -> memory.gpuNode(trigger).stream())
                .collect(Collectors.toSet());
    }

    /** Takes into account what an exporter says of the pods on its node. */
    void take(ExporterAnswer answer, Instant askedAt) {
        if (!trigger.signal().isOfGpus()) {
            return;
        }
        byUid.values().stream()
                .filter(memory ->
                        memory.gpuNode(trigger).filter(answer.node()::equals).isPresent())
                .forEach(memory -> answer.problem()
                        .ifPresentOrElse(
                                memory::take,
                                () -> memory.take(
                                        answer.of(namespace, memory.podName()), answer::where, trigger, askedAt)));
    }

    boolean isAnyRead(Instant now) {
        return byUid.values().stream().anyMatch(memory -> memory.isRead(trigger, now));
    }

    /** What the pods said last, of those of which that is fresh. */
    List<PodValue> fresh(Instant now) {
        return each(memory -> memory.fresh(trigger, now));
    }

    /** The same of the signal that knows the cost of a request. */
    List<PodValue> freshCost(Instant now) {
        return each(memory -> memory.beside().cost(trigger, now));
    }

    private List<PodValue> each(Function<PodMemory, Optional<PodValue>> value) {
        return byUid.values().stream()
                .flatMap(memory -> value.apply(memory).stream())
                .toList();
    }

    /** The total of what the pods say of the load that the signal is blind to; empty: none says anything. */
    OptionalDouble unseenLoad(Instant now) {
        return total(memory -> memory.beside().unseenQueue(trigger, now));
    }

    /** The same, where a queue that is empty for a moment is not gone. */
    OptionalDouble rememberedUnseenLoad(Instant now) {
        return total(memory -> memory.beside().rememberedQueue(trigger, now));
    }

    private OptionalDouble total(Function<PodMemory, OptionalDouble> ofPod) {
        double sum = 0;
        boolean any = false;
        for (PodMemory memory : byUid.values()) {
            OptionalDouble load = ofPod.apply(memory);
            any |= load.isPresent();
            sum += load.orElse(0);
        }
        return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    /**
     * How each counts at this moment.
     *
     * @param patience see {@link Patience#observed}
     */
    PodReadings readings(FleetSignal signal, Duration patience, Instant now) {
        Map<PodMemory, PodReading> readings = new LinkedHashMap<>();
        byUid.values().forEach(memory -> readings.put(memory, memory.reading(trigger, signal, now, patience)));
        return new PodReadings(trigger, readings, now);
    }
}
