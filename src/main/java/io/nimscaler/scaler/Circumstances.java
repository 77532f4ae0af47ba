package io.nimscaler.scaler;

import io.nimscaler.signal.Traffic;
import java.time.Duration;
import java.util.List;

/**
 * What was seen beside a decision and took no part in it.
 *
 * @param traffic of all pods that were sampled; where a pod is missing, it is not known
 * @param startUps how long pods that have become ready since the decision before had been starting; of those that were ready when they were
 *     seen first nobody knows it
 */
public record Circumstances(Traffic traffic, List<Duration> startUps) {

    /** Where nobody watches for them. */
    public static final Circumstances UNWATCHED = new Circumstances(Traffic.UNKNOWN, List.of());

    public Circumstances {
        startUps = List.copyOf(startUps);
    }
}
