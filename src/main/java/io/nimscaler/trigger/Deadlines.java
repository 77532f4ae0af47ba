package io.nimscaler.trigger;

import java.time.Duration;

/**
 * How long what is not known is waited for.
 *
 * @param staleAfter a sample older than this is not fresh
 * @param unavailableAfter how long no sample at all is bridged by a hold
 * @param startingDeadline how long a pod may be starting before it counts as stuck
 */
public record Deadlines(Duration staleAfter, Duration unavailableAfter, Duration startingDeadline) {}
