package io.nimscaler.scaler;

import io.nimscaler.signal.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What was seen beside a decision and had no effect on it.
 *
 * @param traffic of all pods that were sampled; where a pod is missing, it is not known
 * @param startUps how long pods that have become ready since the decision before had been starting; of those that were ready when they were
 *     seen first it is not known
 * @param drain whether pods that go have the time that their requests take; empty: not known
 */
public record Circumstances(Traffic traffic, List<Duration> startUps, Optional<DrainCheck> drain) {

    /** Where they are not watched, and nothing else is known. */
    public static final Circumstances UNWATCHED = new Circumstances(Traffic.UNKNOWN, List.of(), Optional.empty());

    public Circumstances {
        startUps = List.copyOf(startUps);
    }

    /** The same beside this. */
    Circumstances with(Optional<DrainCheck> check) {
        return new Circumstances(traffic, startUps, check);
    }
}
