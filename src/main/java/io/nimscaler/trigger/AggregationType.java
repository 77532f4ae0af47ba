package io.nimscaler.trigger;

import io.nimscaler.hpa.MetricType;
import java.util.Locale;

/** How the pods' values become the fleet's value, and for which of the HPA's formulas the answer is made. */
public enum AggregationType {
    /** Their total: fits KEDA's default {@code metricType: AverageValue}. */
    SUM,
    /** Their mean: fits {@code metricType: Value}. */
    AVERAGE,
    /** The highest: fits {@code metricType: Value}. */
    MAX;

    /**
     * Whether the answer is a value per ready pod, for the HPA to multiply by ready pods ({@code metricType: Value}), rather
     * than a total ({@code AverageValue}).
     */
    public boolean isPerPod() {
        return this != SUM;
    }

    /** Whether the answer is what the HPA compares by this formula. */
    boolean fits(MetricType type) {
        return isPerPod() == (type == MetricType.VALUE);
    }

    /** As it is written in trigger metadata. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
