package io.nimscaler.replay;

import io.nimscaler.hpa.HpaBehavior;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The settings of a simulated fleet, beside the trigger's metadata.
 *
 * @param least {@code minReplicaCount}
 * @param most {@code maxReplicaCount}
 * @param syncPeriod of the HPA, whole seconds
 * @param pollingInterval of KEDA, which wakes from zero
 * @param cooldownPeriod of KEDA, before it scales to zero
 * @param startUpSeconds of pods, drawn from; at least one
 * @param capacity what one replica carries, in the signal's unit
 * @param assumed what was neither given nor seen, in words
 */
public record FleetSettings(
        int least,
        int most,
        Duration syncPeriod,
        HpaBehavior behavior,
        Duration pollingInterval,
        Duration cooldownPeriod,
        List<Double> startUpSeconds,
        double capacity,
        OptionalDouble pricePerReplicaHour,
        List<String> assumed) {

    public FleetSettings {
        startUpSeconds = List.copyOf(startUpSeconds);
        assumed = List.copyOf(assumed);
    }

    /** The same for a signal of which a replica carries so much. */
    FleetSettings withCapacity(double other) {
        return new FleetSettings(
                least,
                most,
                syncPeriod,
                behavior,
                pollingInterval,
                cooldownPeriod,
                startUpSeconds,
                other,
                pricePerReplicaHour,
                assumed);
    }

    /** The same with another minimum. */
    FleetSettings withLeast(int replicas) {
        return new FleetSettings(
                replicas,
                Math.max(most, replicas),
                syncPeriod,
                behavior,
                pollingInterval,
                cooldownPeriod,
                startUpSeconds,
                capacity,
                pricePerReplicaHour,
                assumed);
    }
}
