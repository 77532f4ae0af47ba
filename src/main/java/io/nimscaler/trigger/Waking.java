package io.nimscaler.trigger;

import java.util.Optional;

/**
 * What wakes a scale target without pods.
 *
 * @param source name of the source in the scaler's own settings; empty: none
 * @param modelName the model as that source spells it; as the trigger's where nothing else is said
 */
public record Waking(Optional<String> source, Optional<String> modelName) {}
