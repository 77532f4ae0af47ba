package io.nimscaler.hpa;

import java.util.Arrays;
import java.util.Optional;

/** By which of its two formulas for an external metric the HPA compares (kubernetes: autoscaling/v2, MetricTargetType). */
public enum MetricType {
    /** A total, which it divides by the present replicas. */
    AVERAGE_VALUE("AverageValue"),
    /** A value, by which it multiplies the ready pods. */
    VALUE("Value");

    private final String text;

    MetricType(String text) {
        this.text = text;
    }

    /** As it is written in a ScaledObject and in an HPA. */
    public String text() {
        return text;
    }

    /** The one that is written so. */
    public static Optional<MetricType> of(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }
}
