package io.nimscaler.trigger;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@link Trigger} → the metadata that say it in full, defaults included; keys that have no value are left out. The parser makes
 * the same trigger of them, but for {@link Trigger#metricName} and {@link Trigger#metricType}: the signal stands under its plain name here, whatever alias or
 * environment variable the user named it by. A shadow's own keys follow with their prefix.
 */
public final class EffectiveMetadata {

    private final Map<String, String> metadata = new LinkedHashMap<>();

    private EffectiveMetadata() {}

    /** By key, in the order of {@link TriggerKey}. */
    public static Map<String, String> of(Trigger trigger) {
        EffectiveMetadata effective = new EffectiveMetadata();
        for (TriggerKey key : TriggerKey.values()) {
            key.textOf(trigger).ifPresent(text -> effective.metadata.put(key.key(), text));
        }
        trigger.shadow().ifPresent(shadow -> effective.putShadow(trigger, shadow));
        return effective.metadata;
    }

    /** What the shadow has of its own; with another signal, all that goes with one. */
    private void putShadow(Trigger trigger, Trigger shadow) {
        boolean anotherSignal = !shadow.signal().equals(trigger.signal());
        Map<String, String> reported = Map.copyOf(metadata);
        of(shadow).forEach((key, text) -> {
            boolean withSignal = anotherSignal
                    && TriggerKey.of(key).filter(TriggerKey::isOfTheMetric).isPresent();
            if (withSignal || !text.equals(reported.get(key))) {
                metadata.put(ShadowMetadata.PREFIX + key, text);
            }
        });
    }
}
