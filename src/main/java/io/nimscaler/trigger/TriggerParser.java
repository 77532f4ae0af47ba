package io.nimscaler.trigger;

import io.nimscaler.signal.Latency;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.Signals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Parses trigger metadata into a {@link Trigger}. Each group of values reads its own keys and knows their ranges. With one
 * violation there is no trigger.
 */
public final class TriggerParser {

    /** There are 50 that could stand together: ours, a shadow's and KEDA's. */
    private static final int MOST_KEYS = 64;

    private static final double HIGHEST_USEFUL_RATIO = 0.8;

    /** Nobody aims at a minute for a token; in milliseconds it is a usual goal. */
    private static final double MANY_SECONDS_FOR_A_TOKEN = 60;

    private final MetadataReader metadata;

    private TriggerParser(MetadataReader metadata) {
        this.metadata = metadata;
    }

    /**
     * Never throws; a violation for each key that is wrong, and for each key of ours that does not exist. What is wrong with a shadow is
     * a warning, since it must not change what KEDA is told: there is no shadow then.
     */
    public static ParsedTrigger parse(Map<String, String> metadata) {
        if (metadata.size() > MOST_KEYS) {
            String expected = "at most " + MOST_KEYS + " keys, got " + metadata.size();
            return new ParsedTrigger.Invalid(
                    List.of(new Violation("metadata", Optional.empty(), expected, Optional.empty())));
        }
        ShadowMetadata shadow = new ShadowMetadata(metadata);
        ParsedTrigger reported = parseOne(shadow.reported());
        return reported instanceof ParsedTrigger.Valid valid ? shadow.beside(valid) : reported;
    }

    static ParsedTrigger parseOne(Map<String, String> metadata) {
        return new TriggerParser(new MetadataReader(metadata)).parse();
    }

    /**
     * Whether values are left to KEDA to resolve ({@code targetValueFromEnv}): then only a call carries them, the
     * ScaledObject does not.
     */
    public static boolean needsEnvironment(Map<String, String> metadata) {
        return metadata.keySet().stream().anyMatch(Grammar::isFromEnv);
    }

    /** What no value can make right of a trigger that {@link #needsEnvironment needs the environment}. */
    public static Optional<Violation> neverFromEnvironment(Map<String, String> metadata) {
        return new MetadataReader(metadata)
                .violations().stream()
                        .filter(violation -> violation.key().equals(TriggerKey.POD_SELECTOR.keyFromEnv()))
                        .findFirst();
    }

    private ParsedTrigger parse() {
        Reading reading = Reading.from(metadata);
        String metric = SignalMetadata.name(metadata);
        Optional<String> modelName = metadata.optional(TriggerKey.MODEL_NAME, 512);
        Signal signal = SignalMetadata.read(metadata, metric, reading.pollInterval());
        Trigger trigger = new Trigger(
                metadata.isFromEnv(TriggerKey.METRIC) ? "nim" : asMetricName(metric),
                signal,
                modelName,
                Target.from(metadata),
                reading,
                Deadlines.from(metadata, reading.pollInterval()),
                Stabilization.from(metadata),
                Waking.from(metadata, modelName, signal),
                Optional.empty(),
                Optional.empty());
        expectTargetInTheSignalsUnit(trigger);
        List<Violation> violations = metadata.violations();
        return violations.isEmpty()
                ? new ParsedTrigger.Valid(trigger, warningsOf(trigger))
                : new ParsedTrigger.Invalid(violations);
    }

    /** A ratio's target in percent would be a hundred times too high, and nearly all replicas would be taken away. */
    private void expectTargetInTheSignalsUnit(Trigger trigger) {
        double highest = trigger.signal().highestTarget();
        if (trigger.target().value() > highest) {
            boolean mayBePercent = trigger.target().value() <= 100 && !metadata.isFromEnv(TriggerKey.TARGET_VALUE);
            BigDecimal percent =
                    BigDecimal.valueOf(mayBePercent ? trigger.target().value() : 70);
            metadata.reject(
                    TriggerKey.TARGET_VALUE,
                    "at most "
                            + BigDecimal.valueOf(highest).stripTrailingZeros().toPlainString() + " for "
                            + trigger.signal().name() + ", of which 1 is all that a replica has; for "
                            + percent.stripTrailingZeros().toPlainString() + " % write \"" + asShare(percent) + "\"");
        }
    }

    /** With two or three decimals, as a target value has. */
    private static String asShare(BigDecimal percent) {
        BigDecimal share = percent.movePointLeft(2).setScale(3, RoundingMode.HALF_UP);
        return (share.stripTrailingZeros().scale() < 3 ? share.setScale(2, RoundingMode.HALF_UP) : share)
                .toPlainString();
    }

    private List<String> warningsOf(Trigger trigger) {
        List<String> warnings = new ArrayList<>();
        if (trigger.signal().saturatesAtOne() && trigger.target().value() > HIGHEST_USEFUL_RATIO) {
            warnings.add("targetValue = " + trigger.target().value() + " of a ratio that ends at 1: above "
                    + HIGHEST_USEFUL_RATIO + " it can hardly ask for more replicas");
        }
        Signals.misspelt(trigger.signal())
                .filter(_ -> !metadata.isFromEnv(TriggerKey.METRIC))
                .ifPresent(known -> warnings.add("metric = " + trigger.signal().name()
                        + " is not a name that an engine uses, so a gauge with exactly this name is read; did you mean "
                        + known + "?"));
        if (trigger.signal() instanceof Latency latency
                && latency.name().contains("token")
                && trigger.target().value() >= MANY_SECONDS_FOR_A_TOKEN) {
            warnings.add("targetValue = " + trigger.target().value()
                    + " of a latency is in seconds; for 500 ms write \"0.5\"");
        }
        if (trigger.isIdlestFirst() && trigger.signal().isOfGpus()) {
            warnings.add("scaleDown: idlest does nothing with metric = "
                    + trigger.signal().name()
                    + ": it is read from the exporters of GPUs, so no pod is asked for its requests; give a trigger that reads the"
                    + " pods scaleDown: idlest");
        }
        return warnings;
    }

    /** KEDA puts it into an URL and a label value: letters, digits, '-' and '_'. */
    private static String asMetricName(String metric) {
        return metric.toLowerCase(Locale.ROOT).replaceAll("[:(]", "-").replace(")", "");
    }
}
