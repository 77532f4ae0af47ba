package io.nimscaler.scaler;

import java.util.Optional;

/** Port: the scale target of a ScaledObject and its pods. */
public interface Pods {

    /**
     * The present state, from memory: constant time, no I/O, from any thread.
     *
     * @param podSelector label selector that replaces the scale target's own
     */
    Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector);

    /** Whether all ScaledObjects that there are have been seen. */
    default boolean hasSynced() {
        return true;
    }
}
