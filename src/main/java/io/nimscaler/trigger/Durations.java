package io.nimscaler.trigger;

import java.time.Duration;
import java.util.Optional;

/** Durations as users write them. */
public final class Durations {

    private Durations() {}

    static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What is written so: {@code 500ms}, {@code 90s}, {@code 1h30m}; empty: it is no duration. */
    public static Optional<Duration> parse(String text) {
        return MetadataReader.parseDuration(text);
    }

    /** The shortest way to write it: {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }
}
