package io.nimscaler.scaler;

import io.nimscaler.policy.PodReading;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.PodValue;
import io.nimscaler.signal.Traffic;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How the pods of one trigger count at one moment, and what is kept of each. */
final class PodReadings {

    private final Trigger trigger;
    private final Map<PodMemory, PodReading> readings;
    private final Instant at;

    PodReadings(Trigger trigger, Map<PodMemory, PodReading> readings, Instant at) {
        this.trigger = trigger;
        this.readings = readings;
        this.at = at;
    }

    Collection<PodReading> all() {
        return readings.values();
    }

    /** The pods that are read: by a value, or by the knowledge that they are quiet. */
    private Stream<PodMemory> read() {
        return readings.entrySet().stream()
                .filter(entry -> isRead(entry.getValue()))
                .map(Map.Entry::getKey);
    }

    private static boolean isRead(PodReading reading) {
        return reading instanceof PodReading.Sampled || reading instanceof PodReading.Quiet;
    }

    /** How many are read. */
    int serving() {
        return (int) read().count();
    }

    /** What those that are read say. */
    List<PodValue> values() {
        return read().flatMap(memory -> memory.fresh(trigger, at).stream()).toList();
    }

    /** How many of those that are read came after the load began of which they tell. */
    int newcomers(Instant loadBegan) {
        return (int) read().filter(memory -> !memory.wasReadyBy(loadBegan)).count();
    }

    /** What they took and refused since this was last asked, of each that tells it. */
    List<Admission> admitted() {
        return readings.keySet().stream()
                .flatMap(memory -> memory.beside().takeAdmitted().stream())
                .toList();
    }

    /** Of the whole fleet; unknown while a pod is missing. */
    Traffic traffic() {
        return readings.values().stream().anyMatch(PodReading.Missing.class::isInstance)
                ? Traffic.UNKNOWN
                : Traffic.total(read().map(memory -> memory.beside().traffic()).toList());
    }

    /** How long each was starting that has become ready since this was last asked. */
    List<Duration> startUps() {
        return readings.keySet().stream()
                .flatMap(memory -> memory.takeStartUp().stream())
                .toList();
    }

    List<PodStatus> statuses(FleetSignal signal) {
        Instant staleBefore = at.minus(trigger.deadlines().staleAfter());
        return readings.entrySet().stream()
                .map(entry -> entry.getKey().status(entry.getValue(), signal, staleBefore))
                .toList();
    }
}
