package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;

/** One signal of one fleet. It turns what the pods say into values, with what only all pods together can tell. Not thread-safe. */
public interface FleetSignal {

    /**
     * What one replica should carry, for a signal that may lie between two bounds and then counts as what is nearest to it. Called
     * before {@link #learn}.
     */
    default void aimAt(double targetValue, int wantedReplicas) {}

    /**
     * What waits in front of the fleet, for a signal that takes a queue for a flow. Called before {@link #learn}.
     *
     * @param requests how many; empty: not known, or nobody says it
     */
    default void waitsInFront(OptionalDouble requests, Instant now) {}

    /** What was told of the queue in front of the fleet is of another queue than what is told from now on. */
    default void forgetInFront() {}

    /**
     * Learns from the pods' fresh values.
     *
     * @param elapsed since the last call
     */
    default void learn(Collection<PodValue> fresh, Duration elapsed) {}

    /** One pod's value, finite and at least 0; empty: too little was observed for one. */
    OptionalDouble valueOf(PodValue pod);

    /** What one request that waits takes, in the signal's unit, as far as it was learned; empty: it is not known for this signal. */
    default OptionalDouble costOfRequest() {
        return OptionalDouble.empty();
    }

    /** Whether {@link #costOfRequest} takes what waits for a flow: what must be worked off, and not what it takes all at once. */
    default boolean takesQueuesForFlows() {
        return false;
    }

    /**
     * Whether some of the pods that {@link #learn} was told of are fuller than the others, and more replicas would help them; empty: none is, or
     * it is not known for this signal.
     */
    default Optional<Uneven> uneven() {
        return Optional.empty();
    }

    /** The level that the fleet is at, of a signal that does not add up; empty: too little was observed to say. */
    OptionalDouble level(Collection<PodValue> fresh);
}
