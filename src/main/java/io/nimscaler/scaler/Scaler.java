package io.nimscaler.scaler;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One trigger of one ScaledObject: keeps its pods' latest samples, makes a reading of the fleet each
 * {@link Trigger#decisionInterval()}, and concludes.
 *
 * <p>One thread owns it; {@link #snapshot()} may be called from any.
 */
final class Scaler {

    private final ScaledObjectId id;
    private final Trigger trigger;
    private final Policy policy;
    private final Map<String, PodMemory> memories = new LinkedHashMap<>();
    private Optional<Instant> awaitedSince = Optional.empty();
    private Instant due;
    private volatile Optional<Snapshot> snapshot = Optional.empty();

    Scaler(ScaledObjectId id, Trigger trigger, Instant now) {
        this(id, trigger, new Policy(trigger), now);
    }

    private Scaler(ScaledObjectId id, Trigger trigger, Policy policy, Instant now) {
        this.id = id;
        this.trigger = trigger;
        this.policy = policy;
        this.due = now;
    }

    /**
     * The scaler of an edited trigger, which keeps samples and windows.
     *
     * @param edited one that {@link Trigger#measuresTheSameAs measures the same}
     */
    Scaler withTrigger(Trigger edited, Instant now) {
        Scaler next = new Scaler(id, edited, policy.withTrigger(edited), now);
        next.memories.putAll(memories);
        next.awaitedSince = awaitedSince;
        return next;
    }

    Trigger trigger() {
        return trigger;
    }

    /** The latest; empty before the first decision. */
    Optional<Snapshot> snapshot() {
        return snapshot;
    }

    /** Where its pods are asked. */
    List<Endpoint> endpoints() {
        return memories.values().stream()
                .flatMap(memory -> memory.endpoint(trigger, id.namespace()).stream())
                .toList();
    }

    /** Takes the answer of one of its endpoints into account; of any other, not at all. */
    void take(Endpoint endpoint, ScrapeResult result, Instant askedAt) {
        PodMemory memory = memories.get(endpoint.podUid());
        if (memory != null
                && memory.endpoint(trigger, id.namespace())
                        .filter(endpoint::equals)
                        .isPresent()) {
            memory.take(result, trigger, askedAt);
        }
    }

    boolean isDue(Instant now) {
        return !now.isBefore(due);
    }

    /** Makes a reading of the fleet and concludes from it. */
    Snapshot decide(Observation observation, Instant now) {
        due = now.plus(trigger.decisionInterval());
        Snapshot next = switch (observation) {
            case Observation.Known known -> decide(known, now);
            case Observation.NotKnown(String reason) -> decideBlindly(reason, now);
            case Observation.Absent(String reason) -> decideBlindly(reason, now);
        };
        snapshot = Optional.of(next);
        return next;
    }

    private Snapshot decide(Observation.Known observation, Instant now) {
        remember(observation.pods(), now);
        Map<PodMemory, PodReading> readings = readings(now);
        List<PodReading> all = new ArrayList<>(readings.values());
        all.addAll(awaited(observation.scale(), observation.pods().size(), now));
        return conclude(new Fleet.Known(observation.scale(), observation.readyPods(), all), statuses(readings), now);
    }

    private Snapshot decideBlindly(String reason, Instant now) {
        return conclude(new Fleet.NotKnown(reason), statuses(readings(now)), now);
    }

    private Snapshot conclude(Fleet fleet, List<PodStatus> pods, Instant now) {
        return new Snapshot(id, trigger, policy.decide(fleet, now), pods);
    }

    /** What is kept of a pod goes with the pod. */
    private void remember(List<Pod> pods, Instant now) {
        Map<String, Pod> present =
                pods.stream().collect(Collectors.toMap(Pod::uid, pod -> pod, (one, same) -> one, LinkedHashMap::new));
        memories.keySet().retainAll(present.keySet());
        present.forEach((uid, pod) ->
                memories.computeIfAbsent(uid, fresh -> new PodMemory(pod)).describe(pod, trigger, now));
    }

    private Map<PodMemory, PodReading> readings(Instant now) {
        Map<PodMemory, PodReading> readings = new LinkedHashMap<>();
        memories.values().forEach(memory -> readings.put(memory, memory.reading(trigger, now)));
        if (readings.values().stream().noneMatch(PodReading.Sampled.class::isInstance)) {
            // Nobody waits for one pod while none answers: after an outage the patience begins anew
            memories.values().forEach(memory -> memory.waitFrom(now));
        }
        return readings;
    }

    private static List<PodStatus> statuses(Map<PodMemory, PodReading> readings) {
        return readings.entrySet().stream()
                .map(entry -> entry.getKey().status(entry.getValue()))
                .toList();
    }

    /**
     * Replicas that are wanted and not in our watch yet start, too. One that the scale target says is there, and that our watch
     * still does not show after {@code staleAfter}, may be at work: it is missing, and is not written off as stuck.
     */
    private List<PodReading> awaited(Scale scale, int present, Instant now) {
        int awaited = Math.max(0, scale.spec() - present);
        if (awaited == 0) {
            awaitedSince = Optional.empty();
            return List.of();
        }
        Instant since = awaitedSince.orElse(now);
        awaitedSince = Optional.of(since);
        Duration waited = since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
        Duration unseenFor = waited.minus(trigger.staleAfter());
        int unseen = unseenFor.isPositive() ? Math.min(awaited, Math.max(0, scale.status() - present)) : 0;
        List<PodReading> readings = new ArrayList<>();
        readings.addAll(Collections.nCopies(unseen, new PodReading.Missing(OptionalDouble.empty(), unseenFor)));
        readings.addAll(Collections.nCopies(awaited - unseen, new PodReading.Starting(waited, false)));
        return readings;
    }
}
