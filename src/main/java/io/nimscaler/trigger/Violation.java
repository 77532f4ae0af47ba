package io.nimscaler.trigger;

import java.util.Optional;

/**
 * One thing that is wrong with a trigger's metadata.
 *
 * @param value as written, shortened; empty where the key is missing or its value came from an environment variable
 * @param nearest the known key that an unknown one is most like, or the value that was probably meant
 */
public record Violation(String key, Optional<String> value, String expected, Optional<String> nearest) {

    private static final int MAX_SHOWN = 80;

    public Violation {
        key = shortened(key);
        value = value.map(Violation::shortened);
    }

    /** For people: {@code pollInterval = "30": expected a duration such as 500ms, 30s or 5m}. */
    public String text() {
        return key
                + value.map(v -> " = \"" + v + "\"").orElse("")
                + ": expected " + expected
                + nearest.map(known -> "; did you mean " + known + "?").orElse("");
    }

    /** What came from outside, fit for a message: one line of at most 80 characters. */
    public static String shortened(String text) {
        return Printable.of(text, MAX_SHOWN);
    }
}
