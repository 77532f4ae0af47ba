package io.nimscaler.trigger;

import java.time.Duration;

/**
 * How long the scaler waits while data is missing.
 *
 * @param staleAfter a sample older than this is not fresh
 * @param unavailableAfter how long no sample at all is bridged by a hold
 * @param startingDeadline how long a pod may be starting before it counts as stuck
 */
public record Deadlines(Duration staleAfter, Duration unavailableAfter, Duration startingDeadline) {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LEAST_DEFAULT_STALE_AFTER = Duration.ofSeconds(15);

    /**
     * @param pollInterval how often a sample may come
     */
    static Deadlines from(MetadataReader metadata, Duration pollInterval) {
        return new Deadlines(
                metadata.optionalDuration(
                                TriggerKey.STALE_AFTER, pollInterval.multipliedBy(2), HOUR, "2 × pollInterval")
                        .orElse(Durations.longer(LEAST_DEFAULT_STALE_AFTER, pollInterval.multipliedBy(3))),
                metadata.duration(TriggerKey.UNAVAILABLE_AFTER, Duration.ZERO, HOUR),
                metadata.duration(TriggerKey.STARTING_DEADLINE, Duration.ofSeconds(1), Duration.ofHours(24)));
    }
}
