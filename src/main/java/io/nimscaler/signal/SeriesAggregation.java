package io.nimscaler.signal;

import java.util.Locale;

/** How the values of several series of one pod become the pod's: the value of the key {@code seriesAggregation}. */
public enum SeriesAggregation {
    /** Their mean: of a share that each of several engines, ranks or GPUs has of its own. */
    AVERAGE,
    /** The highest: of copies, or where the busiest of them is what limits the pod. */
    MAX,
    /** Their total: of amounts. */
    SUM;

    /** As it is written in trigger metadata. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
