package io.nimscaler.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The conclusion of a scaler at a moment, with all intermediate numbers. */
public sealed interface Decision {

    Basis basis();

    /** A demand for the HPA to act on. */
    record Report(double value, Basis.Known basis) implements Decision {}

    /** Nothing changes, on purpose; KEDA counts no failure. */
    record Hold(HoldReason reason, Basis.Known basis) implements Decision {}

    /** Nothing can be said; the answer is UNAVAILABLE, so that KEDA's fallback counts. */
    record Unknown(String reason, Basis basis) implements Decision {}

    /** The same decision with these readings of the pods; without any where it was not known which pods there are. */
    default Decision withPods(List<PodReading> pods) {
        return switch (this) {
            case Report(double value, Basis.Known basis) -> new Report(value, basis.withPods(pods));
            case Hold(HoldReason reason, Basis.Known basis) -> new Hold(reason, basis.withPods(pods));
            case Unknown(String reason, Basis.Known basis) -> new Unknown(reason, basis.withPods(pods));
            case Unknown(String _, Basis.NotKnown _) -> this;
        };
    }

    /** What a decision was made from. */
    sealed interface Basis {

        /** The moment of the decision. */
        Instant at();

        /** The reading. */
        Fleet fleet();

        /** This moment's demand, unsmoothed; empty where it is not known. */
        OptionalDouble demand();

        /** What the pods carry; empty where no pod says anything. */
        Optional<Carried> carried();

        Windows windows();

        /** Empty: it was not known which pods there are. */
        default Optional<Known> known() {
            return this instanceof Known known ? Optional.of(known) : Optional.empty();
        }

        /** Whether it is known that no replica is wanted. */
        default boolean isAtZero() {
            return this instanceof Known known && known.scale().spec() == 0;
        }

        /**
         * It was known which pods there are.
         *
         * @param counts the pods by how they counted
         */
        record Known(
                Instant at,
                Fleet.Known fleet,
                Counts counts,
                Optional<Carried> carried,
                OptionalDouble demand,
                Windows windows)
                implements Basis {

            /** The scale target's replicas at that moment. */
            public Scale scale() {
                return fleet.scale();
            }

            private Known withPods(List<PodReading> pods) {
                return new Known(at, fleet.withPods(pods), counts, carried, demand, windows);
            }
        }

        /** It was not known which pods there are; what was observed before still stands in the windows. */
        record NotKnown(Instant at, Fleet.NotKnown fleet, Windows windows) implements Basis {

            @Override
            public OptionalDouble demand() {
                return OptionalDouble.empty();
            }

            @Override
            public Optional<Carried> carried() {
                return Optional.empty();
            }
        }
    }

    /**
     * What was observed over time.
     *
     * @param smoothed the smoothed demand; empty before the first known one
     * @param lowest of the smoothed demand in the upscale window (Dmin)
     * @param highest of the smoothed demand in the downscale window, and never less than this moment's demand (Dmax)
     * @param remaining observed time until replicas may be removed: until the downscale window is full, with the second one of a signal that
     *     needs two after a start (deciding.md, Restart)
     * @param takenBack the replicas that a step down ended with and the load took back, within the last hour; empty: it took back none
     */
    record Windows(
            OptionalDouble smoothed,
            OptionalDouble lowest,
            OptionalDouble highest,
            Duration remaining,
            OptionalInt takenBack) {

        public boolean isFull() {
            return remaining.isZero();
        }
    }
}
