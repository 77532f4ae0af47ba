package io.nimscaler.trigger;

import java.util.Arrays;
import java.util.Comparator;
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
    AGGREGATION_TYPE("aggregationType", "sum"),
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
    WAKE_SOURCE("wakeSource", "");

    private final String key;
    private final String defaultText;

    TriggerKey(String key, String defaultText) {
        this.key = key;
        this.defaultText = defaultText;
    }

    /** Whether it may be another for a shadow, which asks the same pods and nobody else, and nothing more often. */
    boolean isShadowable() {
        return switch (this) {
            case POLL_INTERVAL, PORT, PATH, SCHEME, POD_SELECTOR, POD_AUTH, WAKE_SOURCE -> false;
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
        if (other.length() > 2 * DOWNSCALE_STABILIZATION_WINDOW.key.length()) {
            return Optional.empty();
        }
        return Arrays.stream(values())
                .map(known -> known.key)
                .min(Comparator.comparingInt(known -> distance(known, other)))
                .filter(known -> distance(known, other) <= Math.max(2, known.length() / 3));
    }

    /** Levenshtein's edit distance, case not counted. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
