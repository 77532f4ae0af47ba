package io.nimscaler.trigger;

/** Checks a trigger against the scaler's own settings: whether the names that it uses exist. Thread-safe. */
@FunctionalInterface
public interface TriggerCheck {

    /** The same, or what is wrong with it in a ScaledObject of this namespace. */
    ParsedTrigger check(String namespace, ParsedTrigger parsed);

    /** This one and then the other. */
    default TriggerCheck and(TriggerCheck other) {
        return (namespace, parsed) -> other.check(namespace, check(namespace, parsed));
    }
}
