package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;

/** The value of one pod from one body, or why there is none. */
public sealed interface Measurement {

    /**
     * @param readAt when it was read; the body's own timestamp where that is earlier
     */
    record Measured(PodValue value, Instant readAt) implements Measurement {

        /** Fresh until {@code staleAfter} has passed, that moment included. */
        public boolean isFresh(Instant now, Duration staleAfter) {
            return !readAt.plus(staleAfter).isBefore(now);
        }
    }

    /** The metric is there, and was not watched for long enough to say how fast it changes. */
    record TooEarly() implements Measurement {}

    /** The body is readable, but the metric (or the wanted {@code model_name}) is not in it: a model that still loads, a wrong name. */
    record NoMetric(String detail) implements Measurement {}

    /** The metric is there, and cannot be true. */
    record BadValue(String detail) implements Measurement {}
}
