package io.nimscaler.scaler;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.trigger.WrittenMetadata;
import java.util.Optional;

/**
 * A trigger of a ScaledObject that only calls show in full, because KEDA resolves {@code keyFromEnv}.
 *
 * @param metricType by which formula the HPA compares it
 * @param written what its ScaledObject says of it; empty: not known, so that any call may be for it
 */
public record TriggerByCall(MetricType metricType, Optional<WrittenMetadata> written) {

    /** One of which nothing is known but how it is compared. */
    public static TriggerByCall any(MetricType metricType) {
        return new TriggerByCall(metricType, Optional.empty());
    }

    /** Whether a call with this metadata can be for it. */
    boolean fits(WrittenMetadata called) {
        return written.isEmpty() || called.mayComeOf(written.get());
    }
}
