package io.nimscaler.trigger;

/** What only the scaler's own settings can tell of a trigger: whether there is what it names. From any thread. */
@FunctionalInterface
public interface TriggerCheck {

    /** The same, or what is wrong with it in a ScaledObject of this namespace. */
    ParsedTrigger check(String namespace, ParsedTrigger parsed);

    /** This one and then the other. */
    default TriggerCheck and(TriggerCheck other) {
        return (namespace, parsed) -> other.check(namespace, check(namespace, parsed));
    }
}
