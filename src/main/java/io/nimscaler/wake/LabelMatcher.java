package io.nimscaler.wake;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition on a label of a series: it must have a value, or must not have it. A label that a series does not have is empty,
 * as in PromQL.
 *
 * @param isEqual whether it must be {@code value}; else it must be another
 */
public record LabelMatcher(String label, boolean isEqual, String value) {

    private static final Pattern TEXT =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]{0,63})(!?=)([^\\x00-\\x1f\\x7f,]{0,128})");

    /** From its text, {@code label=value} or {@code label!=value}; empty: it is neither. */
    public static Optional<LabelMatcher> of(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new LabelMatcher(matcher.group(1), matcher.group(2).equals("="), matcher.group(3)))
                : Optional.empty();
    }

    boolean matches(Map<String, String> labels) {
        return labels.getOrDefault(label, "").equals(value) == isEqual;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return label + (isEqual ? "=" : "!=") + value;
    }
}
