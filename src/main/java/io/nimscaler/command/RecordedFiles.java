package io.nimscaler.command;

import io.nimscaler.history.HistoryException;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.MinuteStretch;
import io.nimscaler.history.Recording;
import io.nimscaler.history.RecordingException;
import io.nimscaler.history.RecordingReader;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Violation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Recordings and histories from files, by trigger. */
final class RecordedFiles {

    /** A decision on 5,000 pods has some 1 MB. */
    private static final int LONGEST_LINE = 16 << 20;

    /** Of all files together: a recording takes several times its size in memory. */
    private static final long MOST_BYTES = 512L << 20;

    private static final int MOST_FILES = 1_000;

    private final Map<TriggerId, List<Recording>> recordings = new LinkedHashMap<>();
    private final Map<TriggerId, List<MinuteStretch>> minutes = new LinkedHashMap<>();

    private RecordedFiles() {}

    /**
     * Reads files, each a recording or a history.
     *
     * @throws UnreadableException at the first that is neither, with its name, its line and what was expected
     */
    static RecordedFiles read(List<Path> files) {
        if (files.size() > MOST_FILES) {
            throw new UnreadableException("expected at most " + MOST_FILES + " files, got " + files.size());
        }
        RecordedFiles all = new RecordedFiles();
        long bytes = 0;
        for (Path file : files) {
            bytes += size(file);
            if (bytes > MOST_BYTES) {
                throw new UnreadableException(shown(file) + ": expected files of at most " + (MOST_BYTES >> 20)
                        + " MB together; give fewer, or a part of them");
            }
            all.read(file);
        }
        all.recordings.values().forEach(list -> list.sort(Comparator.comparing(RecordedFiles::beginning)));
        all.minutes
                .values()
                .forEach(stretches -> stretches.sort(Comparator.comparing(
                        stretch -> stretch.minutes().getFirst().at())));
        return all;
    }

    private static Instant beginning(Recording recording) {
        return recording.lines().isEmpty()
                ? Instant.MIN
                : recording.lines().getFirst().snapshot().decision().basis().at();
    }

    private static String shown(Path file) {
        return Violation.shortened(file.toString());
    }

    private static long size(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new UnreadableException(shown(file) + ": expected a file"
                        + (Files.exists(file) ? ", got something else" : ", there is none"));
            }
            return Files.size(file);
        } catch (IOException e) {
            throw new UnreadableException(shown(file) + ": " + e.getMessage());
        }
    }

    private void read(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Stream<String> lines = stream(new BoundedLines(reader, LONGEST_LINE));
            if (isHistory(file)) {
                MinuteReader.read(lines)
                        .forEach(stretch -> minutes.computeIfAbsent(
                                        stretch.header().trigger(), _ -> new ArrayList<>())
                                .add(stretch));
                return;
            }
            List<Recording> read = RecordingReader.read(lines);
            if (read.isEmpty()) {
                throw new UnreadableException("expected a recording or a history, got an empty file");
            }
            read.forEach(recording -> recordings
                    .computeIfAbsent(
                            new TriggerId(recording.scaledObject(), recording.triggerName(), recording.shadow()),
                            _ -> new ArrayList<>())
                    .add(recording));
        } catch (RecordingException | HistoryException | UnreadableException e) {
            throw new UnreadableException(shown(file) + ": " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new UnreadableException(shown(file) + ": expected a file, there is none");
        } catch (CharacterCodingException e) {
            throw new UnreadableException(shown(file) + ": expected UTF-8");
        } catch (IOException e) {
            throw new UnreadableException(shown(file) + ": " + e.getMessage());
        } catch (UncheckedIOException e) {
            throw new UnreadableException(shown(file) + ": "
                    + (e.getCause() instanceof CharacterCodingException ? "expected UTF-8" : e.getMessage()));
        }
    }

    private static boolean isHistory(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            char[] beginning = new char[200];
            int read = reader.read(beginning);
            return read > 0 && new String(beginning, 0, read).contains(MinuteHeader.FORMAT);
        }
    }

    private static Stream<String> stream(Iterator<String> lines) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(lines, 0), false);
    }

    /** By trigger, in order of time. */
    Map<TriggerId, List<Recording>> recordings() {
        return recordings;
    }

    /** By trigger, in order of time. */
    Map<TriggerId, List<MinuteStretch>> minutes() {
        return minutes;
    }
}
