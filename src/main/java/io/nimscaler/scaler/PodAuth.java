package io.nimscaler.scaler;

import java.util.Optional;

/**
 * Which trust and credentials a pod is asked with: those of this name in the scaler's own settings, if this namespace may use
 * them.
 *
 * @param namespace of the ScaledObject
 * @param name as its trigger gives it; empty: the default ones, if there are any
 */
public record PodAuth(String namespace, Optional<String> name) {}
