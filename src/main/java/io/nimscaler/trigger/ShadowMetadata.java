package io.nimscaler.trigger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The keys with the prefix {@code shadow.}. Each is another value of the key of that name, for a second policy on the same pods.
 * Without such a key the value of the reported policy holds. If {@code metric} differs, keys in the unit of the first metric are
 * not taken over.
 */
final class ShadowMetadata {

    static final String PREFIX = "shadow.";

    private final Map<String, String> reported = new HashMap<>();
    private final Map<String, String> shadow = new TreeMap<>();

    ShadowMetadata(Map<String, String> metadata) {
        metadata.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                shadow.put(key.substring(PREFIX.length()), value);
            } else {
                reported.put(key, value);
            }
        });
    }

    /** The keys of the reported policy. */
    Map<String, String> reported() {
        return reported;
    }

    /** The reported trigger with its shadow, or with a warning for each thing that is wrong with that. */
    ParsedTrigger.Valid beside(ParsedTrigger.Valid valid) {
        if (shadow.isEmpty()) {
            return valid;
        }
        List<String> wrong = new ArrayList<>(refusedKeys());
        Optional<Trigger> parsed = Optional.empty();
        switch (TriggerParser.parseOne(merged())) {
            case ParsedTrigger.Invalid(List<Violation> violations) ->
                violations.forEach(violation -> wrong.add(PREFIX + violation.text()));
            case ParsedTrigger.Valid(Trigger other, List<String> _) -> parsed = Optional.of(other);
        }
        if (wrong.isEmpty()) {
            return new ParsedTrigger.Valid(
                    parsed.map(valid.trigger()::withShadow).orElse(valid.trigger()), valid.warnings());
        }
        return new ParsedTrigger.Valid(
                valid.trigger(),
                Stream.concat(valid.warnings().stream(), wrong.stream().map(text -> text + "; there is no shadow"))
                        .toList());
    }

    private List<String> refusedKeys() {
        return shadow.keySet().stream()
                .filter(key -> !isShadowable(key))
                .map(key -> new Violation(
                                PREFIX + key,
                                Optional.empty(),
                                "a key that a shadow can have of its own; it reads the same pods as the reported policy",
                                TriggerKey.nearestTo(Grammar.withoutFromEnv(key))
                                        .filter(near -> !near.equals(Grammar.withoutFromEnv(key)))
                                        .map(near -> PREFIX + near))
                        .text())
                .toList();
    }

    private Map<String, String> merged() {
        Map<String, String> merged = new HashMap<>(reported);
        boolean anotherMetric = shadow.keySet().stream()
                .anyMatch(key -> Grammar.withoutFromEnv(key).equals(TriggerKey.METRIC.key()));
        if (anotherMetric) {
            Stream.of(TriggerKey.values())
                    .filter(TriggerKey::isInTheSignalsUnit)
                    .forEach(key -> remove(merged, key.key()));
        }
        Map<String, String> own = new HashMap<>(shadow);
        own.keySet().removeIf(key -> !isShadowable(key));
        own.keySet().forEach(key -> remove(merged, Grammar.withoutFromEnv(key)));
        merged.putAll(own);
        return merged;
    }

    private static boolean isShadowable(String key) {
        return TriggerKey.of(Grammar.withoutFromEnv(key))
                .filter(TriggerKey::isShadowable)
                .isPresent();
    }

    private static void remove(Map<String, String> metadata, String key) {
        metadata.remove(key);
        metadata.remove(Grammar.fromEnv(key));
    }
}
