package io.nimscaler.trigger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The metadata of one trigger as they are written in its ScaledObject or in a call, without KEDA's own keys. KEDA sends a value
 * as it is written. For a key {@code …FromEnv} it sends the value of the variable, or nothing if the variable is empty or
 * missing (keda: pkg/scalers/external_scaler.go).
 *
 * @param values by key, without blanks around them
 * @param fromEnv keys whose values come from the environment
 */
public record WrittenMetadata(Map<String, String> values, Set<String> fromEnv) {

    public WrittenMetadata {
        values = Map.copyOf(values);
        fromEnv = Set.copyOf(fromEnv);
    }

    /** What is read of this metadata; never throws. */
    public static WrittenMetadata of(Map<String, String> metadata) {
        Map<String, String> values = new HashMap<>();
        Set<String> fromEnv = new HashSet<>();
        metadata.forEach((key, value) -> {
            if (MetadataReader.isKedas(Grammar.withoutFromEnv(key))) {
                return;
            }
            if (Grammar.isFromEnv(key)) {
                fromEnv.add(key);
            } else {
                values.put(key, value.strip());
            }
        });
        return new WrittenMetadata(values, fromEnv);
    }

    /** Whether KEDA can make this of what a ScaledObject says. */
    public boolean mayComeOf(WrittenMetadata scaledObjects) {
        return values.equals(scaledObjects.values) && scaledObjects.fromEnv.containsAll(fromEnv);
    }
}
