package io.nimscaler.policy;

import java.util.OptionalDouble;

/**
 * What is asked of a fleet and does not show in its pods' values. What is not known adds nothing.
 *
 * @param waiting requests in the pods' queues, of a signal that does not show them; empty: not known, or the signal shows them
 */
public record Unserved(OptionalDouble waiting) {

    /** Nothing is known of any. */
    public static final Unserved NONE = new Unserved(OptionalDouble.empty());

    boolean waits() {
        return waiting.orElse(0) > 0;
    }
}
