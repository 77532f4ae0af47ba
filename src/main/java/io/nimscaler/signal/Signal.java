package io.nimscaler.signal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is read of the pods of a fleet, and how their bodies become its value.
 *
 * <p>Additive signals add up over the pods (KV usage, requests, tokens a second): the demand of the fleet is their total. The
 * others are a level of the whole fleet (a latency, a utilization): twice as many pods at the same level do not double it.
 */
public sealed interface Signal permits Gauge, ServingLoad, CounterRate, Latency, GpuUsage {

    /** The name that a user knows it by. */
    String name();

    boolean isAdditive();

    /** Whether one pod's value stops at 1 however much load there is. */
    boolean saturatesAtOne();

    /**
     * The highest target value that can be meant. Above it the number is in another unit, mostly in percent, and would take nearly all
     * replicas away.
     */
    default double highestTarget() {
        return saturatesAtOne() ? 1 : Double.MAX_VALUE;
    }

    /**
     * Whether a fleet gets smaller in steps, each a new observation: what fewer pods will read is known only once there are fewer. Other
     * signals go to what their window's highest needs at once.
     */
    default boolean stepsDown() {
        return false;
    }

    /** Whether the exporter of its node's GPUs says it, rather than the pod. */
    default boolean isOfGpus() {
        return false;
    }

    /** The load that this signal does not show although it is there, read beside it so that it can be said. */
    default Optional<Signal> blindTo() {
        return Optional.empty();
    }

    /** Whether it is the load of an engine, which would be more had the engine not refused some of it. */
    default boolean isCutByRefusals() {
        return false;
    }

    /** The signal that knows what one request takes of a replica, in this one's unit; empty: none does. */
    default Optional<Signal> costedBy() {
        return Optional.empty();
    }

    /** How far a pod's value looks back; zero: it is of this moment. */
    default Duration window() {
        return Duration.ZERO;
    }

    /**
     * How far back the load goes of which a fleet's level tells. A request that took long came that much earlier.
     *
     * @param level of the fleet; empty: it adds up, or too little was observed to say
     */
    default Duration lookback(OptionalDouble level) {
        return window();
    }

    /** The names that a reader must keep. */
    List<String> seriesNames();

    /**
     * This signal of one pod, which has not been read yet.
     *
     * @param modelName only series of this {@code model_name}; empty: any
     */
    PodSignal ofPod(Optional<String> modelName);

    /** This signal of one fleet, of which nothing is known yet. */
    FleetSignal ofFleet();
}
