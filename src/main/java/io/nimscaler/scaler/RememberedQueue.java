package io.nimscaler.scaler;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The requests that wait somewhere, as they were read last. A queue that is empty for a moment is not gone: what waited in it before counts
 * until that reading is too old.
 */
final class RememberedQueue {

    private record Reading(double requests, Instant at) {}

    private Optional<Reading> latest = Optional.empty();

    /** The last one of more than 0 requests. */
    private Optional<Reading> latestOfSome = Optional.empty();

    void goOnFrom(RememberedQueue other) {
        latest = other.latest;
        latestOfSome = other.latestOfSome;
    }

    /**
     * So many wait.
     *
     * @param requests at least 0
     */
    void read(double requests, Instant at) {
        latest = Optional.of(new Reading(requests, at));
        if (requests > 0) {
            latestOfSome = latest;
        }
    }

    /**
     * By the latest reading; empty: there is none, or it is too old.
     *
     * @param staleAfter so old a reading still counts, and no older
     */
    OptionalDouble latest(Duration staleAfter, Instant now) {
        return fresh(latest, staleAfter, now);
    }

    /** The same, where a 0 does not count as long as an earlier reading of more counts. */
    OptionalDouble remembered(Duration staleAfter, Instant now) {
        OptionalDouble requests = latest(staleAfter, now);
        OptionalDouble before = fresh(latestOfSome, staleAfter, now);
        return requests.orElse(0) > 0 || before.isEmpty() ? requests : before;
    }

    private static OptionalDouble fresh(Optional<Reading> reading, Duration staleAfter, Instant now) {
        return reading.isPresent() && !reading.get().at().plus(staleAfter).isBefore(now)
                ? OptionalDouble.of(reading.get().requests())
                : OptionalDouble.empty();
    }
}
