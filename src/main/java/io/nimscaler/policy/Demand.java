package io.nimscaler.policy;

import java.util.OptionalDouble;

/** What one reading of the fleet says (section 4), before any state over time. */
sealed interface Demand {

    Arithmetic arithmetic();

    /** The fleet's total, in the signal's unit. */
    record Known(double demand, Arithmetic arithmetic) implements Demand {}

    /**
     * Fewer replicas are enough even if each missing pod carries what it may at most.
     *
     * @param hi bounds the answer
     * @param observed what the windows get: each missing pod as its own last sample
     */
    record Bounded(double hi, double observed, Arithmetic arithmetic) implements Demand {}

    /**
     * @param observed what the windows get although nothing changes; empty: their clock stops
     */
    record Hold(HoldReason reason, OptionalDouble observed, Arithmetic arithmetic) implements Demand {}

    record Unknown(String reason, Arithmetic arithmetic) implements Demand {}
}
