package io.nimscaler.exposition;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How users name a metric: {@code NAME}, or {@code rate(NAME)}.
 *
 * @param name of the series
 * @param isRate whether its growth a second is meant
 */
public record MetricExpression(String name, boolean isRate) {

    /** Prometheus data model: metric names, of at most 200 characters. */
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]{0,199}";

    private static final Pattern TEXT = Pattern.compile("(?<name>" + NAME + ")|rate\\((?<counter>" + NAME + ")\\)");

    /** Empty: it is neither. */
    public static Optional<MetricExpression> of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String counter = matcher.group("counter");
        return Optional.of(
                counter == null
                        ? new MetricExpression(matcher.group("name"), false)
                        : new MetricExpression(counter, true));
    }
}
