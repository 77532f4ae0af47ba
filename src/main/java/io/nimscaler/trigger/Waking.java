package io.nimscaler.trigger;

import java.util.Optional;

/**
 * What wakes a scale target without pods.
 *
 * @param source name of the source in the scaler's own settings; empty: none
 * @param modelName the model as that source spells it; as the trigger's where nothing else is said
 */
public record Waking(Optional<String> source, Optional<String> modelName) {

    /**
     * @param modelName the trigger's
     */
    static Waking from(MetadataReader metadata, Optional<String> modelName) {
        metadata.expectOnlyWith(
                metadata.has(TriggerKey.WAKE_SOURCE), TriggerKey.WAKE_MODEL_NAME, "wakeSource beside it");
        return new Waking(
                metadata.settingName(TriggerKey.WAKE_SOURCE, "nim-scaler.wake-sources"),
                metadata.optional(TriggerKey.WAKE_MODEL_NAME, 512).or(() -> modelName));
    }
}
