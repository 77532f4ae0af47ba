package io.nimscaler.trigger;

import java.util.Arrays;
import java.util.Optional;

/** The keys of trigger metadata that are ours, with the defaults as a user would write them (design, section 3). */
public enum TriggerKey {
    TARGET_VALUE("targetValue", ""),
    ACTIVATION_TARGET_VALUE("activationTargetValue", "0"),
    METRIC("metric", "gpu_cache_usage_perc"),
    WINDOW("window", ""),
    QUANTILE("quantile", ""),
    MAX_RUNNING("maxRunning", ""),
    SERIES_AGGREGATION("seriesAggregation", ""),
    AGGREGATION_TYPE("aggregationType", ""),
    POLL_INTERVAL("pollInterval", "2s"),
    STALE_AFTER("staleAfter", ""),
    UNAVAILABLE_AFTER("unavailableAfter", "30s"),
    STARTING_DEADLINE("startingDeadline", "15m"),
    TOLERANCE("tolerance", "0.1"),
    SMOOTHING_UP("smoothingUp", "5s"),
    SMOOTHING_DOWN("smoothingDown", "30s"),
    DOWNSCALE_STABILIZATION_WINDOW("downscaleStabilizationWindow", "5m"),
    UPSCALE_STABILIZATION_WINDOW("upscaleStabilizationWindow", "0s"),
    LOADING_CREDIT("loadingCredit", "false"),
    PORT("port", "8000"),
    PATH("path", "auto"),
    SCHEME("scheme", "http"),
    MODEL_NAME("modelName", ""),
    POD_SELECTOR("podSelector", ""),
    POD_AUTH("podAuth", ""),
    WAKE_SOURCE("wakeSource", ""),
    WAKE_MODEL_NAME("wakeModelName", "");

    private final String key;
    private final String defaultText;

    TriggerKey(String key, String defaultText) {
        this.key = key;
        this.defaultText = defaultText;
    }

    /** Whether it may be another for a shadow, which asks the same pods and nobody else, and nothing more often. */
    boolean isShadowable() {
        return switch (this) {
            case POLL_INTERVAL, PORT, PATH, SCHEME, POD_SELECTOR, POD_AUTH, WAKE_SOURCE, WAKE_MODEL_NAME -> false;
            default -> true;
        };
    }

    /** As it stands in the ScaledObject. */
    public String key() {
        return key;
    }

    /** What holds where the key is absent; empty where that is no fixed text. */
    public Optional<String> defaultText() {
        return defaultText.isEmpty() ? Optional.empty() : Optional.of(defaultText);
    }

    static Optional<TriggerKey> of(String key) {
        return Arrays.stream(values()).filter(known -> known.key.equals(key)).findFirst();
    }

    /** The known key that is most like {@code other}, if any is within a third of its length. */
    static Optional<String> nearestTo(String other) {
        return Nearest.to(other, Arrays.stream(values()).map(known -> known.key).toList());
    }
}
