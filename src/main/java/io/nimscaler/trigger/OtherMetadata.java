package io.nimscaler.trigger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The same trigger with other values of some keys, as if the ScaledObject had been written so. */
public final class OtherMetadata {

    private OtherMetadata() {}

    /** Whether the policy uses this key. The other keys say which pods are asked and how; they cannot change what was read already. */
    public static boolean isOfThePolicy(String key) {
        return TriggerKey.of(key).filter(TriggerKey::isShadowable).isPresent();
    }

    /** The known key of a trigger that is most like {@code other}, if any is within a third of its length. */
    public static Optional<String> nearestTo(String other) {
        return TriggerKey.nearestTo(other);
    }

    /**
     * Never throws. Another {@code metric} takes nothing over that is in the unit of the first. Without the trigger's shadow.
     *
     * @param others values by key
     */
    public static ParsedTrigger with(Trigger trigger, Map<String, String> others) {
        List<Violation> violations = new ArrayList<>();
        others.keySet().stream()
                .filter(key -> TriggerKey.of(key).isPresent() && !isOfThePolicy(key))
                .sorted()
                .forEach(key -> violations.add(new Violation(
                        key,
                        Optional.ofNullable(others.get(key)),
                        "a key that the policy uses; what was read from the pods cannot be changed afterwards",
                        Optional.empty())));
        Map<String, String> merged = new HashMap<>(EffectiveMetadata.of(trigger));
        merged.keySet().removeIf(key -> key.startsWith(ShadowMetadata.PREFIX));
        boolean anotherMetric = Optional.ofNullable(others.get(TriggerKey.METRIC.key()))
                .filter(metric -> !metric.equals(trigger.signal().name()))
                .isPresent();
        if (anotherMetric) {
            Stream.of(TriggerKey.values())
                    .filter(TriggerKey::isInTheSignalsUnit)
                    .forEach(key -> merged.remove(key.key()));
        }
        merged.putAll(others);
        ParsedTrigger parsed = TriggerParser.parseOne(merged);
        if (parsed instanceof ParsedTrigger.Invalid(List<Violation> more)) {
            violations.addAll(more);
        }
        if (!violations.isEmpty()) {
            return new ParsedTrigger.Invalid(violations);
        }
        return parsed instanceof ParsedTrigger.Valid(Trigger other, List<String> warnings)
                ? new ParsedTrigger.Valid(trigger.metricType().map(other::under).orElse(other), warnings)
                : parsed;
    }
}
