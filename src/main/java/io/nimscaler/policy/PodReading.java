package io.nimscaler.policy;

import java.time.Duration;
import java.util.OptionalDouble;

/** What is known of one pod at a moment. Finished, terminating and deleted pods have no reading. */
public sealed interface PodReading {

    /** R: not starting, with a fresh sample. */
    record Sampled(double value) implements PodReading {}

    /**
     * R: not starting, was read freshly, and had too little to do for a value of its own. Only signals that do not add up have
     * such: a latency of no request is not 0.
     */
    record Quiet() implements PodReading {}

    /**
     * M: not starting, without a fresh sample.
     *
     * @param lastValue its own last sample, however old; empty: never sampled
     * @param missingFor since its last sample ceased to be fresh, without the time in which no pod was read
     */
    record Missing(OptionalDouble lastValue, Duration missingFor) implements PodReading {}

    /**
     * U: has never been ready, whatever it answers; or has only just become ready; or is wanted and not in our watch yet.
     *
     * @param startingFor since it was scheduled; if it is not, since it was made
     * @param unschedulable no node has taken it, or nothing has made it
     */
    record Starting(Duration startingFor, boolean unschedulable) implements PodReading {}
}
