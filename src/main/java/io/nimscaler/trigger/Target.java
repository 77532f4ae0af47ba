package io.nimscaler.trigger;

import java.util.Optional;

/**
 * What one replica should carry.
 *
 * @param value T, in the signal's unit; at least 0.01, a multiple of 0.001
 * @param activation active above this demand
 * @param statedAggregation empty: the metadata do not say, and it follows from what the HPA compares
 */
public record Target(double value, double activation, Optional<AggregationType> statedAggregation) {}
