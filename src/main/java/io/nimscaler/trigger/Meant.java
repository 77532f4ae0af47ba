package io.nimscaler.trigger;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value that a user probably meant by a wrong one. The error names it. It is never used instead, because only the user
 * knows.
 */
final class Meant {

    /** More is no slip of the pen, and nothing here looks at it. */
    private static final int LONGEST = 40;

    /** A number as the HPA writes it ({@code 100m} is 0.1), a percentage, a percentile, a decimal comma, a time. */
    private static final Pattern NUMBER = Pattern.compile("[pP]?([0-9]{1,9})(?:[.,]([0-9]{1,6}))? ?(%|m|ms|s)?");

    private static final Pattern DURATION = Pattern.compile(
            "([0-9]{1,9}) ?(|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|ms|millis|milliseconds?)");

    private static final Pattern RATE_OVER_A_RANGE = Pattern.compile("rate\\(([^\\[\\]{}()]+)\\[[0-9a-z]+\\]\\)");

    private static final Pattern ADDRESS = Pattern.compile("https?://[^/]+(/.*)");

    /** Words that are no slip but another project's. */
    private static final Map<String, String> WORDS =
            Map.of("avg", "average", "mean", "average", "yes", "true", "on", "true", "no", "false", "off", "false");

    private Meant() {}

    static Optional<BigDecimal> number(TriggerKey key, String text) {
        Matcher number = NUMBER.matcher(text);
        if (text.length() > LONGEST || !number.matches()) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(number.group(1)
                + Optional.ofNullable(number.group(2)).map("."::concat).orElse(""));
        return Optional.of(
                switch (Optional.ofNullable(number.group(3)).orElse("")) {
                    case "%" -> value.movePointLeft(2);
                    case "m", "ms" -> value.movePointLeft(3).stripTrailingZeros();
                    default -> key == TriggerKey.QUANTILE ? value.movePointLeft(2) : value;
                });
    }

    /** As this project writes it: seconds where there is no unit. */
    static Optional<String> duration(String text) {
        Matcher duration = DURATION.matcher(text.toLowerCase(Locale.ROOT));
        if (text.length() > LONGEST || !duration.matches()) {
            return Optional.empty();
        }
        String unit = duration.group(2);
        String ours =
                unit.isEmpty() ? "s" : unit.startsWith("ms") || unit.startsWith("mil") ? "ms" : unit.substring(0, 1);
        return Optional.of(duration.group(1) + ours);
    }

    static Optional<String> word(String text, Collection<String> expected) {
        String word = text.toLowerCase(Locale.ROOT);
        return text.length() > LONGEST
                ? Optional.empty()
                : Optional.ofNullable(WORDS.get(word))
                        .filter(expected::contains)
                        .or(() -> Nearest.to(word, expected));
    }

    /** The span of a rate is the key {@code window} here, and no name of a metric has a hyphen. */
    static Optional<String> metric(String text, Predicate<String> isName) {
        Matcher rate = RATE_OVER_A_RANGE.matcher(text);
        return Optional.of(rate.matches() ? "rate(" + rate.group(1) + ")" : text.replace('-', '_'))
                .filter(isName);
    }

    /** A path without its first {@code /}, or that of a whole address. */
    static Optional<String> path(String text, Predicate<String> isPath) {
        Matcher address = ADDRESS.matcher(text);
        return Optional.of(address.matches() ? address.group(1) : "/" + text)
                .filter(path -> path.length() <= LONGEST)
                .filter(isPath);
    }
}
