package io.nimscaler.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimscaler.scaler.TriggerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Writes minutes as the lines of a history, as {@code src/docs/history.md} describes them: JSON with names of one or two
 * letters, because 14 days have 20,160 minutes. What is not known is left out. The lines have no line end.
 */
public final class MinuteWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Above it a whole number may not be one. */
    private static final double MOST_EXACT = 1L << 53;

    private MinuteWriter() {}

    /** The line that comes before the minutes that it is about. */
    public static String header(MinuteHeader header) {
        TriggerId trigger = header.trigger();
        ObjectNode line = JSON.createObjectNode()
                .put("format", MinuteHeader.FORMAT)
                .put("version", MinuteHeader.VERSION)
                .put("namespace", trigger.scaledObject().namespace())
                .put("name", trigger.scaledObject().name())
                .put("triggerName", trigger.name())
                .put("shadow", trigger.shadow());
        header.limits()
                .ifPresent(limits -> line.put("minReplicaCount", limits.min()).put("maxReplicaCount", limits.max()));
        ObjectNode metadata = line.putObject("metadata");
        header.metadata().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return line.toString();
    }

    /** The line of a minute. */
    public static String line(Minute minute) {
        // Without the seconds, which are always 0
        ObjectNode line =
                JSON.createObjectNode().put("t", minute.at().toString().replace(":00Z", "Z"));
        put(line, minute.decided());
        minute.demand().ifPresent(demand -> {
            put(line, "d", minute.demand());
            line.put("k", minute.knownDemand());
        });
        put(line, "b", minute.busiest());
        minute.replicas().ifPresent(replicas -> put(line, replicas));
        Minute.Traffic traffic = minute.traffic();
        put(line, "n", traffic.running());
        put(line, "q", traffic.waiting());
        put(line, "i", traffic.promptTokens());
        put(line, "o", traffic.generationTokens());
        put(line, "e", traffic.rejections());
        put(line, "l", minute.held());
        put(line, "z", minute.startUps());
        put(line, "g", minute.reactions());
        return line.toString();
    }

    private static void put(ObjectNode line, String name, List<Duration> lengths) {
        if (!lengths.isEmpty()) {
            ArrayNode list = line.putArray(name);
            lengths.stream().map(MinuteWriter::seconds).forEach(seconds -> add(list, seconds));
        }
    }

    private static void put(ObjectNode line, Minute.Decided decided) {
        if (decided.reports() > 0) {
            line.put("r", decided.reports());
        }
        if (!decided.holds().isEmpty()) {
            ObjectNode holds = line.putObject("h");
            decided.holds().forEach((reason, number) -> holds.put(reason.label(), number));
        }
        if (decided.unknown() > 0) {
            line.put("u", decided.unknown());
        }
        line.put("a", decided.active());
        put(line, "x", decided.hpa());
    }

    private static void put(ObjectNode line, Minute.Replicas replicas) {
        put(line, "w", Optional.of(replicas.wanted()));
        put(line, "p", Optional.of(replicas.present()));
        put(line, "y", Optional.of(replicas.ready()));
        put(line, "s", OptionalDouble.of(replicas.sampled()));
        putUnlessNone(line, "m", replicas.missing());
        putUnlessNone(line, "v", replicas.starting());
        putUnlessNone(line, "f", replicas.stuck());
    }

    /** Where the replicas are known, no such pod is known, too. */
    private static void putUnlessNone(ObjectNode line, String name, double number) {
        if (number > 0) {
            put(line, name, OptionalDouble.of(number));
        }
    }

    /** A number where it did not move, else three. */
    private static void put(ObjectNode line, String name, Optional<Range> range) {
        range.ifPresent(moved -> {
            if (moved.isConstant()) {
                put(line, name, OptionalDouble.of(moved.mean()));
            } else {
                ArrayNode three = line.putArray(name);
                add(three, moved.lowest());
                add(three, moved.mean());
                add(three, moved.highest());
            }
        });
    }

    private static void put(ObjectNode line, String name, OptionalDouble value) {
        value.ifPresent(number -> {
            if (isWhole(number)) {
                line.put(name, (long) number);
            } else {
                line.put(name, number);
            }
        });
    }

    private static void add(ArrayNode list, double number) {
        if (isWhole(number)) {
            list.add((long) number);
        } else {
            list.add(number);
        }
    }

    private static boolean isWhole(double number) {
        return number == Math.rint(number) && number < MOST_EXACT;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
