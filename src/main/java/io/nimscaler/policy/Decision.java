package io.nimscaler.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** What a scaler concludes at a moment, with every intermediate. */
public sealed interface Decision {

    Basis basis();

    /** A demand for the HPA to act on. */
    record Report(double value, Basis basis) implements Decision {}

    /** Nothing changes, on purpose; KEDA counts no failure. */
    record Hold(HoldReason reason, Basis basis) implements Decision {}

    /** Nothing can be said; the answer is UNAVAILABLE, so that KEDA's fallback counts. */
    record Unknown(String reason, Basis basis) implements Decision {}

    /**
     * What a decision was made from.
     *
     * @param at the moment of the decision
     * @param isFleetKnown whether it is known which pods there are; where not, replicas and pods read 0
     * @param scale the scale target's replicas at that moment
     * @param readyPods what the HPA multiplies a value per pod by
     * @param arithmetic of the fleet's reading
     * @param demand this moment's, unsmoothed; empty where it is not known
     * @param smoothed the smoothed demand; empty before the first known one
     * @param lowest of the smoothed demand in the upscale window (Dmin)
     * @param highest of the smoothed demand in the downscale window, and never less than this moment's demand (Dmax)
     * @param windowRemaining observed time until the downscale window is full
     */
    record Basis(
            Instant at,
            boolean isFleetKnown,
            Scale scale,
            int readyPods,
            Arithmetic arithmetic,
            OptionalDouble demand,
            OptionalDouble smoothed,
            OptionalDouble lowest,
            OptionalDouble highest,
            Duration windowRemaining) {

        /** Whether it is known that no replica is wanted. */
        public boolean isAtZero() {
            return isFleetKnown && scale.spec() == 0;
        }

        public boolean windowIsFull() {
            return windowRemaining.isZero();
        }
    }
}
