package io.nimscaler.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Violation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The lines of a history → its headers and minutes, one after the other. The inverse of {@link MinuteWriter}.
 *
 * <p>A line that the writer did not finish costs nothing but itself: it is the last one, or comes before a header, which is written at each
 * start and after each failure. Any other line that is none of a history ends the reading.
 */
public final class MinuteReader {

    /** No line that is written is near it. */
    public static final int LONGEST_LINE = 65_536;

    /** A number of decisions within a minute, of pods or of replicas is never near it. */
    private static final int MOST = 1_000_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> NAMES = Set.of(
            "t", "r", "h", "u", "a", "x", "d", "k", "b", "w", "p", "y", "s", "m", "v", "f", "n", "q", "i", "o", "e",
            "z");

    private static final Set<String> NAMES_SINCE_2 = Set.of("l", "g");

    /** Gets what is read, in order. */
    public interface Sink {

        /** The minutes that follow are of this. */
        void header(MinuteHeader header);

        /** Not before the one before it. */
        void minute(Minute minute);
    }

    private final Sink sink;
    private long lineNumber;
    private long torn;
    private Optional<HistoryException> unreadable = Optional.empty();
    private boolean headed;
    private int version = MinuteHeader.VERSION;
    private Instant latest = Instant.MIN;

    public MinuteReader(Sink sink) {
        this.sink = sink;
    }

    /**
     * Reads a whole history.
     *
     * @throws HistoryException at the first line that is none of a history, with its number and what was expected
     */
    public static List<MinuteStretch> read(Stream<String> lines) {
        List<MinuteStretch> stretches = new ArrayList<>();
        List<Minute> minutes = new ArrayList<>();
        var collecting = new Sink() {

            private Optional<MinuteHeader> header = Optional.empty();

            @Override
            public void header(MinuteHeader next) {
                end();
                header = Optional.of(next);
            }

            @Override
            public void minute(Minute minute) {
                minutes.add(minute);
            }

            void end() {
                header.filter(_ -> !minutes.isEmpty())
                        .ifPresent(of -> stretches.add(new MinuteStretch(of, List.copyOf(minutes))));
                minutes.clear();
            }
        };
        MinuteReader reader = new MinuteReader(collecting);
        lines.forEachOrdered(reader::take);
        reader.end();
        collecting.end();
        return stretches;
    }

    /**
     * Takes the next line, without its end.
     *
     * @throws HistoryException if this line, or one that seemed unfinished before it, is none of a history
     */
    public void take(String line) {
        lineNumber++;
        if (line.isBlank()) {
            return;
        }
        try {
            if (line.length() > LONGEST_LINE) {
                throw new IllegalArgumentException(
                        "expected at most " + LONGEST_LINE + " characters, got " + line.length());
            }
            JsonNode node = JSON.readTree(line);
            if (node.has("format")) {
                MinuteHeader header = header(node);
                version = node.path("version").asInt();
                unreadable = Optional.empty();
                headed = true;
                sink.header(header);
                return;
            }
            unreadable.ifPresent(before -> {
                throw before;
            });
            if (!headed) {
                throw new IllegalArgumentException("expected a header, got " + Violation.shortened(line));
            }
            minute(node);
        } catch (JsonProcessingException e) {
            HistoryException problem = problem("expected a JSON object, got " + Violation.shortened(line));
            torn++;
            unreadable = unreadable.or(() -> Optional.of(problem));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw problem(String.valueOf(e.getMessage()));
        }
    }

    /**
     * There are no more lines.
     *
     * @throws HistoryException if none of them was a header, and one could not be read
     */
    public void end() {
        if (!headed) {
            unreadable.ifPresent(foreign -> {
                throw foreign;
            });
        }
        unreadable = Optional.empty();
    }

    /** How many lines were not finished. */
    public long torn() {
        return torn;
    }

    private HistoryException problem(String what) {
        return new HistoryException("line " + lineNumber + ": " + what);
    }

    /** The clock may have been set back: such a minute is there already, or would stand before others. */
    private void minute(JsonNode node) {
        Minute minute = read(node, version);
        if (!minute.at().isBefore(latest)) {
            latest = minute.at();
            sink.minute(minute);
        }
    }

    private static MinuteHeader header(JsonNode node) {
        String format = node.path("format").asText();
        int version = node.path("version").asInt();
        if (!format.equals(MinuteHeader.FORMAT)
                || version < MinuteHeader.FIRST_VERSION
                || version > MinuteHeader.VERSION) {
            throw new IllegalArgumentException("expected format " + MinuteHeader.FORMAT + " version "
                    + MinuteHeader.FIRST_VERSION + " to " + MinuteHeader.VERSION + ", got "
                    + Violation.shortened(format) + " version "
                    + Violation.shortened(node.path("version").asText()));
        }
        JsonNode written = node.path("metadata");
        if (!written.isObject()) {
            throw wrong("metadata", written, "an object of texts");
        }
        Map<String, String> metadata = new HashMap<>();
        written.properties().forEach(entry -> metadata.put(entry.getKey(), text(written, entry.getKey())));
        ScaledObjectId id = new ScaledObjectId(text(node, "namespace"), text(node, "name"));
        return new MinuteHeader(
                new TriggerId(id, text(node, "triggerName"), node.path("shadow").asBoolean()),
                metadata,
                node.has("minReplicaCount")
                        ? Optional.of(
                                new Minute.Limits(number(node, "minReplicaCount"), number(node, "maxReplicaCount")))
                        : Optional.empty());
    }

    private static Minute read(JsonNode node, int version) {
        node.properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> !NAMES.contains(name) && !(version > 1 && NAMES_SINCE_2.contains(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            Violation.shortened(name) + ": expected one of the names of version " + version);
                });
        return new Minute(
                at(node),
                decided(node),
                range(node, "d"),
                numberOrNone(node, "k"),
                amount(node, "b"),
                node.has("w") ? Optional.of(replicas(node)) : Optional.empty(),
                new Minute.Traffic(
                        range(node, "n"), range(node, "q"), amount(node, "i"), amount(node, "o"), amount(node, "e")),
                durations(node, "z"),
                durations(node, "g"),
                amount(node, "l"));
    }

    private static List<Duration> durations(JsonNode node, String name) {
        List<Duration> lengths = new ArrayList<>();
        node.path(name).forEach(seconds -> lengths.add(duration(seconds, name)));
        return lengths;
    }

    private static Instant at(JsonNode node) {
        String written = text(node, "t");
        return Instant.parse(written.length() == 17 ? written.replace("Z", ":00Z") : written);
    }

    private static Minute.Decided decided(JsonNode node) {
        Map<HoldReason, Integer> holds = new EnumMap<>(HoldReason.class);
        JsonNode written = node.path("h");
        written.properties()
                .forEach(entry -> holds.put(
                        HoldReason.labelled(entry.getKey())
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "h: expected reasons of a hold, got " + Violation.shortened(entry.getKey()))),
                        number(written, entry.getKey())));
        return new Minute.Decided(
                numberOrNone(node, "r"), holds, numberOrNone(node, "u"), number(node, "a"), range(node, "x"));
    }

    private static Minute.Replicas replicas(JsonNode node) {
        return new Minute.Replicas(
                known(node, "w"),
                known(node, "p"),
                known(node, "y"),
                amount(node, "s").orElseThrow(() -> wrong("s", node.path("s"), "a number beside w")),
                amount(node, "m").orElse(0),
                amount(node, "v").orElse(0),
                amount(node, "f").orElse(0));
    }

    private static Range known(JsonNode node, String name) {
        return range(node, name).orElseThrow(() -> wrong(name, node.path(name), "a number or three beside w"));
    }

    private static Optional<Range> range(JsonNode node, String name) {
        JsonNode written = node.path(name);
        if (written.isArray() && written.size() == 3) {
            return Optional.of(new Range(
                    finite(written.get(0), name), finite(written.get(1), name), finite(written.get(2), name)));
        }
        return written.isMissingNode() ? Optional.empty() : Optional.of(Range.of(finite(written, name)));
    }

    private static OptionalDouble amount(JsonNode node, String name) {
        return node.has(name) ? OptionalDouble.of(finite(node.path(name), name)) : OptionalDouble.empty();
    }

    private static double finite(JsonNode value, String name) {
        if (!value.isNumber() || !(value.doubleValue() >= 0) || Double.isInfinite(value.doubleValue())) {
            throw wrong(name, value, "a number of at least 0");
        }
        return value.doubleValue();
    }

    private static Duration duration(JsonNode seconds, String name) {
        double value = finite(seconds, name);
        if (value > MOST) {
            throw wrong(name, seconds, "seconds");
        }
        return Duration.ofMillis(Math.round(value * 1000));
    }

    private static int numberOrNone(JsonNode node, String name) {
        return node.has(name) ? number(node, name) : 0;
    }

    private static int number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isInt() || value.intValue() < 0 || value.intValue() > MOST) {
            throw wrong(name, value, "a whole number of at least 0");
        }
        return value.intValue();
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            throw wrong(name, value, "a text");
        }
        return value.textValue();
    }

    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        return new IllegalArgumentException(Violation.shortened(name) + " = "
                + (value.isMissingNode() ? "(missing)" : Violation.shortened(value.toString())) + ": expected "
                + expected);
    }
}
