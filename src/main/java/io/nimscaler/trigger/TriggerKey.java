package io.nimscaler.trigger;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The keys of trigger metadata that belong to this scaler. An entry has the key's name, its default as a user would write it,
 * what it is about (which tells whether a shadow can have its own), and where the trigger holds its value. The group of that
 * value reads it.
 */
public enum TriggerKey {
    TARGET_VALUE(
            "targetValue", "", About.UNIT, trigger -> number(trigger.target().value())),
    ACTIVATION_TARGET_VALUE(
            "activationTargetValue",
            "0",
            About.UNIT,
            trigger -> number(trigger.target().activation())),
    METRIC(
            "metric",
            "gpu_cache_usage_perc",
            About.METRIC,
            trigger -> Optional.of(trigger.signal().name())),
    WINDOW("window", "", About.UNIT, trigger -> SignalMetadata.window(trigger.signal())),
    QUANTILE("quantile", "", About.UNIT, trigger -> SignalMetadata.quantile(trigger.signal())),
    MAX_RUNNING("maxRunning", "", About.UNIT, trigger -> SignalMetadata.maxRunning(trigger.signal())),
    SERIES_AGGREGATION(
            "seriesAggregation", "", About.UNIT, trigger -> SignalMetadata.seriesAggregation(trigger.signal())),
    AGGREGATION_TYPE(
            "aggregationType",
            "",
            About.DECIDING,
            trigger -> Optional.of(trigger.aggregationType().key())),
    POLL_INTERVAL(
            "pollInterval",
            "2s",
            About.ASKING,
            trigger -> duration(trigger.reading().pollInterval())),
    STALE_AFTER(
            "staleAfter",
            "",
            About.DECIDING,
            trigger -> duration(trigger.deadlines().staleAfter())),
    UNAVAILABLE_AFTER(
            "unavailableAfter",
            "30s",
            About.DECIDING,
            trigger -> duration(trigger.deadlines().unavailableAfter())),
    STARTING_DEADLINE(
            "startingDeadline",
            "15m",
            About.DECIDING,
            trigger -> duration(trigger.deadlines().startingDeadline())),
    TOLERANCE(
            "tolerance",
            "0.1",
            About.DECIDING,
            trigger -> number(trigger.stabilization().tolerance())),
    SMOOTHING_UP(
            "smoothingUp",
            "5s",
            About.DECIDING,
            trigger -> duration(trigger.stabilization().smoothing().up())),
    SMOOTHING_DOWN(
            "smoothingDown",
            "30s",
            About.DECIDING,
            trigger -> duration(trigger.stabilization().smoothing().down())),
    DOWNSCALE_STABILIZATION_WINDOW(
            "downscaleStabilizationWindow",
            "5m",
            About.DECIDING,
            trigger -> duration(trigger.stabilization().window().down())),
    UPSCALE_STABILIZATION_WINDOW(
            "upscaleStabilizationWindow",
            "0s",
            About.DECIDING,
            trigger -> duration(trigger.stabilization().window().up())),
    LOADING_CREDIT(
            "loadingCredit",
            "false",
            About.DECIDING,
            trigger -> flag(trigger.stabilization().loadingCredit())),
    PORT(
            "port",
            "8000",
            About.ASKING,
            trigger -> Optional.of(trigger.reading().port().toString())),
    PATH(
            "path",
            "auto",
            About.ASKING,
            trigger -> Optional.of(trigger.reading().path().text())),
    SCHEME(
            "scheme",
            "http",
            About.ASKING,
            trigger -> Optional.of(trigger.reading().scheme().name().toLowerCase(Locale.ROOT))),
    MODEL_NAME("modelName", "", About.DECIDING, Trigger::modelName),
    POD_SELECTOR("podSelector", "", About.ASKING, trigger -> trigger.reading().podSelector()),
    POD_AUTH("podAuth", "", About.ASKING, trigger -> trigger.reading().podAuth()),
    WAKE_SOURCE("wakeSource", "", About.ASKING, trigger -> trigger.waking().source()),
    WAKE_MODEL_NAME(
            "wakeModelName",
            "",
            About.ASKING,
            trigger -> trigger.waking()
                    .modelName()
                    .filter(name -> !trigger.modelName().equals(Optional.of(name)))),
    DEMAND_SOURCE("demandSource", "", About.ASKING, trigger -> trigger.waking().demandSource()),
    SCALE_DOWN(
            "scaleDown",
            "any",
            About.ASKING,
            trigger -> Optional.of(trigger.stabilization().scaleDown().key()));

    /** What a key is about. */
    private enum About {
        /** Which signal. */
        METRIC,
        /** In the unit of the signal, or of one kind of signal only: it means something else, or nothing, for another. */
        UNIT,
        /** Which pods and sources are asked, how and how often. */
        ASKING,
        /** What is made of the answers. */
        DECIDING
    }

    private final String key;
    private final String defaultText;
    private final About about;
    private final Function<Trigger, Optional<String>> text;

    TriggerKey(String key, String defaultText, About about, Function<Trigger, Optional<String>> text) {
        this.key = key;
        this.defaultText = defaultText;
        this.about = about;
        this.text = text;
    }

    /** Whether it may be another for a shadow, which asks the same pods, no others, and not more often. */
    boolean isShadowable() {
        return about != About.ASKING;
    }

    /** Whether it goes with the signal; the one that names it is among them. */
    boolean isOfTheMetric() {
        return about == About.METRIC || isInTheSignalsUnit();
    }

    /** Whether it means something else, or nothing, for another signal. */
    boolean isInTheSignalsUnit() {
        return about == About.UNIT;
    }

    /** Its value in this trigger, as a user would write it; empty: it has none. */
    Optional<String> textOf(Trigger trigger) {
        return text.apply(trigger);
    }

    /** As it stands in the ScaledObject. */
    public String key() {
        return key;
    }

    /** The key under which a ScaledObject names the environment variable that has the value. */
    public String keyFromEnv() {
        return Grammar.fromEnv(key);
    }

    /** Whether metadata have it, in either writing. */
    public boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey(key) || metadata.containsKey(keyFromEnv());
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

    private static Optional<String> number(double value) {
        return Optional.of(BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
    }

    private static Optional<String> duration(Duration value) {
        return Optional.of(Durations.text(value));
    }

    private static Optional<String> flag(boolean value) {
        return Optional.of(Boolean.toString(value));
    }
}
