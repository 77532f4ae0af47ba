package io.nimscaler.signal;

/** What one body says about one pod. */
public sealed interface Measurement {

    record Measured(Sample sample) implements Measurement {}

    /** The body is readable, but the metric (or the wanted {@code model_name}) is not in it: a model that still loads, a wrong name. */
    record NoMetric(String detail) implements Measurement {}

    /** The metric is there, and cannot be true. */
    record BadValue(String detail) implements Measurement {}
}
