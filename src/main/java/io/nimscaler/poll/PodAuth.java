package io.nimscaler.poll;

import java.util.Optional;

/**
 * Which trust and credentials are used to ask a pod or a wake source: those with this name in the scaler's own settings, if the
 * namespace may use them.
 *
 * @param namespace of the ScaledObject; empty where {@code byOperator}
 * @param name as its trigger gives it; empty: the default ones, if there are any
 * @param byOperator the scaler's own operator chose them for a wake source: no namespace is asked, and no name means none
 */
public record PodAuth(String namespace, Optional<String> name, boolean byOperator) {

    /** What a trigger chose. */
    public PodAuth(String namespace, Optional<String> name) {
        this(namespace, name, false);
    }

    /** What a setting of the scaler chose. */
    public static PodAuth ofOperator(Optional<String> name) {
        return new PodAuth("", name, true);
    }
}
