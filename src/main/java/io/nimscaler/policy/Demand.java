package io.nimscaler.policy;

import java.util.Optional;
import java.util.OptionalDouble;

/** The demand of one reading of the fleet ({@code deciding.md}, rules 0 to 5), without any state over time. */
sealed interface Demand {

    Counts counts();

    /** Empty: no pod says anything. */
    default Optional<Carried> carried() {
        return Optional.empty();
    }

    /** The fleet's total, in the signal's unit. */
    record Known(double demand, Counts counts, Optional<Carried> carried) implements Demand {}

    /**
     * Fewer replicas are enough even if each missing pod carries what it may at most.
     *
     * @param observed what the windows get: each missing pod as its own last sample
     * @param bounds at most bounds the answer
     */
    record Bounded(double observed, Counts counts, Carried bounds) implements Demand {

        @Override
        public Optional<Carried> carried() {
            return Optional.of(bounds);
        }
    }

    /**
     * What is missing or starting could go either way.
     *
     * @param observed what the windows get although nothing changes; empty: their clock stops
     */
    record Undecided(OptionalDouble observed, Counts counts, Carried bounds) implements Demand {

        @Override
        public Optional<Carried> carried() {
            return Optional.of(bounds);
        }
    }

    /** Nothing changes, and no pod says anything; the windows' clock stops. */
    record Hold(HoldReason reason, Counts counts) implements Demand {}

    record Unknown(String reason, Counts counts) implements Demand {}
}
