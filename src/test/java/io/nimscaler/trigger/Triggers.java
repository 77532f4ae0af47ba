package io.nimscaler.trigger;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Triggers for tests, by way of the parser, so that only what a user can write is tested. */
public final class Triggers {

    private Triggers() {}

    /** A trigger of the default metadata and these keys and values in turn. */
    public static Trigger with(String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return switch (TriggerParser.parse(metadata)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalArgumentException(invalid.text());
        };
    }

    /** Of a signal that does not go down in steps, and without smoothing. */
    public static Trigger withoutSteps(String... keysAndValues) {
        return with(Stream.concat(
                        Stream.of("metric", "num_requests_waiting", "smoothingUp", "0s", "smoothingDown", "0s"),
                        Stream.of(keysAndValues))
                .toArray(String[]::new));
    }

    /** Without anything that delays an effect. */
    public static Trigger immediate(String... keysAndValues) {
        Map<String, String> metadata =
                new HashMap<>(Map.of("smoothingUp", "0s", "smoothingDown", "0s", "downscaleStabilizationWindow", "0s"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return with(metadata.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new));
    }
}
