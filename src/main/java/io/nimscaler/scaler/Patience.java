package io.nimscaler.scaler;

import io.nimscaler.window.ObservedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The clock that counts how long a missing pod is waited for. It runs only while at least one pod is read. A moment without any
 * sample does not start the wait again. If two readings are further apart than a sample stays fresh, this time does not count:
 * the process stood still.
 */
final class Patience {

    private final Duration mostAtOnce;
    private Optional<Instant> passedAt = Optional.empty();
    private Duration observed = Duration.ZERO;

    Patience(Duration mostAtOnce) {
        this.mostAtOnce = mostAtOnce;
    }

    void goOnFrom(Patience other) {
        passedAt = other.passedAt;
        observed = other.observed;
    }

    /**
     * Time passes until {@code now}; one that goes back counts as none.
     *
     * @param anyIsRead whether any pod was read at this moment
     */
    void pass(boolean anyIsRead, Instant now) {
        Duration elapsed = ObservedTime.between(passedAt, now, mostAtOnce);
        passedAt = Optional.of(now);
        if (anyIsRead) {
            observed = observed.plus(elapsed);
        }
    }

    /** How much time has passed so. */
    Duration observed() {
        return observed;
    }
}
