package io.nimscaler.policy;

import io.nimscaler.signal.Admission;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is asked of a fleet and does not show in its pods' values. What is not known adds nothing.
 *
 * @param waiting requests in the pods' queues, of a signal that does not show them; empty: not known, or the signal shows them
 * @param admission what the pods took and refused within a short while; empty: not known, or the signal is none of an engine's load
 */
public record Unserved(OptionalDouble waiting, Optional<Admission> admission) {

    /** Nothing is known of any. */
    public static final Unserved NONE = new Unserved(OptionalDouble.empty(), Optional.empty());

    /** Requests in the pods' queues alone. */
    public static Unserved waiting(OptionalDouble requests) {
        return new Unserved(requests, Optional.empty());
    }

    /** Whether requests wait that the signal does not show. */
    public boolean waits() {
        return waiting.orElse(0) > 0;
    }

    /** Whether requests are refused for want of capacity. */
    public boolean isRefused() {
        return admission.filter(admitted -> admitted.refused() > 0).isPresent();
    }

    /**
     * What comes to the load that the pods show.
     *
     * @param shown theirs in total
     */
    double beyond(double shown) {
        return shown * (admission.map(Admission::factor).orElse(1.0) - 1);
    }
}
