package io.nimscaler.policy;

import io.nimscaler.signal.Admission;
import io.nimscaler.signal.Uneven;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Requests of a fleet that do not show in its pods' values. What is not known adds nothing.
 *
 * @param waiting requests in the pods' queues, of a signal that does not show them; empty: not known, or the signal shows them
 * @param admission what the pods took and refused within a short while; empty: not known, or the signal is none of an engine's load
 * @param held what waits in front of the fleet; empty: no source of that is named
 * @param uneven pods that are full while others have room; empty: none are, or it is not known of the signal
 */
public record Unserved(
        OptionalDouble waiting, Optional<Admission> admission, Optional<Held> held, Optional<Uneven> uneven) {

    /** No fleet has more replicas than these: what is held counts as no more than they carry. */
    private static final int MOST_REPLICAS = 5_000;

    /** Nothing is known of any. */
    public static final Unserved NONE = new Unserved(OptionalDouble.empty(), Optional.empty(), Optional.empty());

    /** Evenly spread. */
    public Unserved(OptionalDouble waiting, Optional<Admission> admission, Optional<Held> held) {
        this(waiting, admission, held, Optional.empty());
    }

    /** Nothing in front of it. */
    public Unserved(OptionalDouble waiting, Optional<Admission> admission) {
        this(waiting, admission, Optional.empty());
    }

    /** Requests in the pods' queues alone. */
    public static Unserved waiting(OptionalDouble requests) {
        return new Unserved(requests, Optional.empty(), Optional.empty());
    }

    /** Why it is not known what waits in front of the fleet; empty: it is, or no source of that is named. */
    public Optional<Held.Unknown> unknownHeld() {
        return held.filter(Held.Unknown.class::isInstance).map(Held.Unknown.class::cast);
    }

    /** What is known to wait in front of the fleet. */
    public Optional<Held.Known> knownHeld() {
        return held.filter(Held.Known.class::isInstance).map(Held.Known.class::cast);
    }

    /** Whether requests wait that the signal does not show. */
    public boolean waits() {
        return waiting.orElse(0) > 0;
    }

    /** Whether requests are known to wait in front of the fleet. */
    public boolean isHeld() {
        return knownHeld().filter(known -> known.requests() > 0).isPresent();
    }

    /** How many are known to wait, in the pods' queues where the signal does not show them and in front of the fleet. */
    public double allWaiting() {
        return waiting.orElse(0) + knownHeld().map(Held.Known::requests).orElse(0.0);
    }

    /** Whether more requests are refused for lack of capacity than now and then one. */
    public boolean isRefused() {
        return admission.filter(Admission::isRefusing).isPresent();
    }

    /**
     * What comes to the load that the pods show.
     *
     * @param shown theirs in total
     * @param target what one replica should carry
     */
    double beyond(double shown, double target) {
        double outside = Math.min(knownHeld().map(Held.Known::load).orElse(0.0), MOST_REPLICAS * target);
        double unseen = shown * (admission.map(Admission::factor).orElse(1.0) - 1) + outside;
        // Who is full may be the one that refuses, too: both are the same load
        return Math.max(unseen, uneven.map(Uneven::load).orElse(0.0) - shown);
    }
}
