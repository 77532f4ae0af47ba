package io.nimscaler.trigger;

import io.nimscaler.signal.Signal;
import java.util.Optional;

/**
 * What is asked beside the pods: the source that wakes a scale target without pods, and the source of requests that wait in
 * front of the pods.
 *
 * @param source name of the source in the scaler's own settings that wakes it; empty: none
 * @param modelName the model as the sources spell it; as the trigger's where nothing else is said
 * @param demandSource name of the source at which requests wait that count as demand; empty: none
 */
public record Waking(Optional<String> source, Optional<String> modelName, Optional<String> demandSource) {

    private static final String SETTING = "nim-scaler.wake-sources";

    /**
     * @param modelName the trigger's
     * @param signal the trigger's
     */
    static Waking from(MetadataReader metadata, Optional<String> modelName, Signal signal) {
        metadata.expectOnlyWith(
                metadata.has(TriggerKey.WAKE_SOURCE) || metadata.has(TriggerKey.DEMAND_SOURCE),
                TriggerKey.WAKE_MODEL_NAME,
                "wakeSource or demandSource beside it");
        metadata.expectOnlyWith(
                signal.costedBy().isPresent(),
                TriggerKey.DEMAND_SOURCE,
                "the metric to be serving_load, gpu_cache_usage_perc, num_requests_running or num_requests_waiting, of which it is"
                        + " known what one request takes");
        return new Waking(
                metadata.settingName(TriggerKey.WAKE_SOURCE, SETTING),
                metadata.optional(TriggerKey.WAKE_MODEL_NAME, 512).or(() -> modelName),
                metadata.settingName(TriggerKey.DEMAND_SOURCE, SETTING));
    }
}
