package io.nimscaler.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.trigger.Violation;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the lines of a recording: one {@link Recording} for each header. The inverse of {@link RecordingWriter}. */
public final class RecordingReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Header(ScaledObjectId scaledObject, String triggerName, boolean shadow, Trigger trigger) {}

    private final List<Recording> recordings = new ArrayList<>();
    private final List<Recorded> lines = new ArrayList<>();
    private Optional<Header> header = Optional.empty();
    private long lineNumber;

    private RecordingReader() {}

    /**
     * Reads a recording; blank lines are skipped.
     *
     * @throws RecordingException at the first line that is none of a recording, with its number and what was expected
     */
    public static List<Recording> read(Stream<String> lines) {
        RecordingReader reader = new RecordingReader();
        lines.forEachOrdered(reader::take);
        reader.end();
        return reader.recordings;
    }

    private void take(String line) {
        lineNumber++;
        if (line.isBlank()) {
            return;
        }
        try {
            JsonNode node = JSON.readTree(line);
            if (node.has("format")) {
                end();
                header = Optional.of(header(node));
            } else {
                Header of = header.orElseThrow(() -> new IllegalArgumentException("expected a header, got a decision"));
                lines.add(new LineReader(of.scaledObject(), of.triggerName(), of.shadow(), of.trigger(), node).read());
            }
        } catch (JsonProcessingException e) {
            throw new RecordingException(
                    "line " + lineNumber + ": expected a JSON object, got " + Violation.shortened(line), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new RecordingException("line " + lineNumber + ": " + e.getMessage(), e);
        }
    }

    private void end() {
        header.ifPresent(of -> recordings.add(
                new Recording(of.scaledObject(), of.triggerName(), of.shadow(), of.trigger(), List.copyOf(lines))));
        lines.clear();
        header = Optional.empty();
    }

    private static Header header(JsonNode node) {
        String format = node.path("format").asText();
        int version = node.path("version").asInt();
        if (!format.equals(Recording.FORMAT) || version != Recording.VERSION) {
            throw new IllegalArgumentException("expected format " + Recording.FORMAT + " version " + Recording.VERSION
                    + ", got " + format + " version " + node.path("version").asText());
        }
        Map<String, String> metadata = new HashMap<>();
        node.required("metadata")
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
        Trigger trigger = switch (TriggerParser.parse(metadata)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalArgumentException(invalid.text());
        };
        return new Header(
                new ScaledObjectId(
                        node.required("namespace").asText(),
                        node.required("name").asText()),
                node.required("triggerName").asText(),
                node.path("shadow").asBoolean(),
                trigger);
    }
}
