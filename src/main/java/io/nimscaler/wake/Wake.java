package io.nimscaler.wake;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** What a wake source means for one scale target at a moment. */
public sealed interface Wake {

    /** Its name in the scaler's settings. */
    String source();

    /** The latest reading's demand: requests that wait or, of a counter, that came since the reading before; empty: not known. */
    OptionalDouble demand();

    /**
     * There is demand, or there was within the last {@code awakeFor}, whether the source can still be read or not.
     *
     * @param lastAt when demand was seen last
     * @param awakeFor how long it keeps a scale target awake
     */
    record Demanded(String source, OptionalDouble demand, Instant lastAt, Duration awakeFor) implements Wake {}

    /** The source is known to show no demand. */
    record Quiet(String source, OptionalDouble demand) implements Wake {}

    /** The source can not be read, or does not say. */
    record Unknown(String source, String reason) implements Wake {

        @Override
        public OptionalDouble demand() {
            return OptionalDouble.empty();
        }
    }
}
