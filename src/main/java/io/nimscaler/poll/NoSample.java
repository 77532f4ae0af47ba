package io.nimscaler.poll;

import java.util.Locale;

/** Why there is no sample although no exchange failed: no pod could be asked, or the body has no usable value. */
public enum NoSample implements PodProblem {
    /** The pod has no container port of the wanted name: it is not asked at all. */
    NO_PORT,
    /** No exporter of the GPUs is known on the pod's node, so none is asked. */
    NO_EXPORTER,
    /** Readable, but without the metric (or without the wanted {@code model_name}). */
    NO_METRIC,
    /** The metric's value cannot be: NaN, infinite, negative, a ratio above 1.05, two values of one series. */
    BAD_VALUE,
    /** Its engine says that it was put to sleep: its gauges read as idle, and it can carry nothing. */
    ASLEEP,
    /** By its own timestamps it was too old already when it was asked for: an exporter that repeats what it once read. */
    STALE,
    /** No node has taken the pod. */
    UNSCHEDULABLE,
    /** A container of the pod does not run: its image cannot be pulled, or it crashes. */
    NOT_RUNNING,
    /** It was started again and has not been ready since: it may answer with zeros while it loads, which is no spare room. */
    RESTARTING;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
