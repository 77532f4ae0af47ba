package io.nimscaler.settings;

import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Violation;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads settings one by one, gathers what is wrong with them, and remembers what is in force. For a wrong setting it returns a
 * possible value, so that the others are read as well. That value is never used.
 */
final class SettingsReader {

    private static final Set<String> YES = Set.of("true", "yes", "y", "on", "1");
    private static final Set<String> NO = Set.of("false", "no", "n", "off", "0");

    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, String> effective = new LinkedHashMap<>();

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** Item → value, in the order in which they were read. */
    Map<String, String> effective() {
        return effective;
    }

    void wrong(String item, Optional<String> value, String expected) {
        wrong(new Violation(SettingNames.PREFIX + item, value, expected, Optional.empty()));
    }

    void wrong(Violation violation) {
        violations.add(violation);
    }

    void inForce(String item, String shown) {
        effective.put(item, Violation.shortened(shown));
    }

    /** Within [least, most]. */
    Duration duration(String item, Optional<String> text, Duration least, Duration most) {
        Optional<Duration> duration = text.flatMap(SettingsReader::parseDuration)
                .filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
        if (duration.isEmpty()) {
            wrong(item, text, "a duration from " + Durations.text(least) + " to " + Durations.text(most));
        }
        duration.ifPresent(value -> inForce(item, Durations.text(value)));
        return duration.orElse(most);
    }

    private static Optional<Duration> parseDuration(String text) {
        try {
            return Optional.of(DurationConverter.parseDuration(text.strip()));
        } catch (RuntimeException unparsable) {
            return Optional.empty();
        }
    }

    /** A number of bytes within [least, most], which are written as they are read. */
    long bytes(String item, Optional<String> text, String least, String most) {
        Optional<Long> bytes = text.flatMap(SettingsReader::parseBytes)
                .filter(value -> value >= parseBytes(least).orElseThrow()
                        && value <= parseBytes(most).orElseThrow());
        if (bytes.isEmpty()) {
            wrong(item, text, "a size from " + least + " to " + most);
        }
        bytes.ifPresent(_ -> inForce(item, text.orElse("")));
        return bytes.orElse(parseBytes(most).orElseThrow());
    }

    private static Optional<Long> parseBytes(String text) {
        try {
            return Optional.of(new MemorySizeConverter()
                    .convert(text.strip())
                    .asBigInteger()
                    .longValueExact());
        } catch (RuntimeException unparsable) {
            return Optional.empty();
        }
    }

    /** A whole number within [least, most]. */
    int number(String item, Optional<String> text, int least, int most) {
        Optional<Integer> number = text.map(String::strip)
                .filter(digits -> digits.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .filter(value -> value >= least && value <= most);
        if (number.isEmpty()) {
            wrong(item, text, "a whole number from " + least + " to " + most);
        }
        number.ifPresent(value -> inForce(item, String.valueOf(value)));
        return number.orElse(most);
    }

    boolean flag(String item, Optional<String> text) {
        String word = text.orElse("").strip().toLowerCase(Locale.ROOT);
        if (!YES.contains(word) && !NO.contains(word)) {
            wrong(item, text, "true or false");
            return false;
        }
        inForce(item, String.valueOf(YES.contains(word)));
        return YES.contains(word);
    }

    /** What there has to be. */
    String text(String item, Optional<String> text, Predicate<String> valid, String expected) {
        if (text.filter(valid).isEmpty()) {
            wrong(item, text, expected);
            return "";
        }
        inForce(item, text.get());
        return text.get();
    }

    /** What there may be. */
    Optional<String> optional(String item, Optional<String> text, Predicate<String> valid, String expected) {
        return text.isEmpty()
                ? text
                : Optional.of(text(item, text, valid, expected)).filter(value -> !value.isEmpty());
    }

    /** What there may be, each as expected; where there has to be one, {@code needed}. */
    List<String> list(
            String item, Optional<List<String>> texts, boolean needed, Predicate<String> valid, String expected) {
        List<String> values =
                texts.orElse(List.of()).stream().map(String::strip).toList();
        if (needed && values.isEmpty()) {
            wrong(item, Optional.empty(), expected);
        }
        values.stream().filter(valid.negate()).forEach(value -> wrong(item, Optional.of(value), expected));
        if (!values.isEmpty()) {
            inForce(item, String.join(",", values));
        }
        return values;
    }
}
