package io.nimscaler.scaler;

import java.util.List;
import java.util.Optional;

/** Port: the scale target of a ScaledObject and its pods. */
public interface Pods {

    /**
     * The present state, from memory: constant time, no I/O, from any thread.
     *
     * @param podSelector label selector that replaces the scale target's own
     */
    Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector);

    /** Between how many replicas its HPA may choose; empty: not known. From memory, from any thread. */
    default Optional<ReplicaBounds> bounds(ScaledObjectId scaledObject) {
        return Optional.empty();
    }

    /** Whether it is known which ScaledObjects there are. */
    default Contact contact() {
        return new Contact.NotUsed();
    }

    /** What is to be said of the ScaledObjects as they are now, in order of namespace and name; bounded in number. */
    default List<Notice> notices() {
        return List.of();
    }

    /** Whether the thread that refreshes the observations still runs. */
    default boolean isAlive() {
        return true;
    }

    /** Whether all ScaledObjects that there are have been seen. */
    default boolean hasSynced() {
        return true;
    }
}
