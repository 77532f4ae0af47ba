package io.nimscaler.trigger;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What one replica should carry.
 *
 * @param value T, in the signal's unit; at least 0.01, a multiple of 0.001
 * @param activation active above this demand
 * @param statedAggregation empty: the metadata do not say, and it follows from what the HPA compares
 */
public record Target(double value, double activation, Optional<AggregationType> statedAggregation) {

    /** Rates in bytes or microseconds a second are large; in thousandths, times 5,000 pods, this is still an exact double. */
    private static final BigDecimal MOST = new BigDecimal("1000000000");

    static Target from(MetadataReader metadata) {
        return new Target(
                metadata.number(TriggerKey.TARGET_VALUE, new BigDecimal("0.01"), MOST, 3),
                metadata.number(TriggerKey.ACTIVATION_TARGET_VALUE, BigDecimal.ZERO, MOST, 6),
                metadata.optionalChoice(TriggerKey.AGGREGATION_TYPE, AggregationType.class));
    }
}
