package io.nimscaler.storage;

import io.nimscaler.history.HistoryException;
import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.scaler.TriggerId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * The minutes of all triggers in a directory: a folder for each trigger, and a file for each UTC day. Old files are deleted as a
 * whole, no file is rewritten, and the plot of one trigger reads only its own files.
 *
 * <p>One thread writes; any thread may read. What cannot be written is lost, counted and reported.
 */
public final class MinuteFiles implements KeptMinutes, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MinuteFiles.class);

    /** A minute of each trigger comes at once; what comes while the disk does not answer is lost from here on. */
    private static final int MOST_WAITING = 4_096;

    private static final Duration NOT_ANSWERING = Duration.ofSeconds(60);

    /** Trouble is over when there was none for so long: of many files one may fail while others go on. */
    private static final Duration OVER_AFTER = Duration.ofMinutes(3);

    private static final long POLL_MILLIS = 200;
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    /**
     * @param days how many days before today are kept
     * @param bytes of all minutes together
     */
    public record Bounds(int days, long bytes) {}

    private final Path directory;
    private final Bounds bounds;
    private final InstantSource clock;
    private final Duration endWithin;
    private final MinuteWriting writing;
    private final BlockingQueue<KeptMinute> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean ended;
    private volatile Optional<Instant> busySince = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();
    private Instant troubleAt = Instant.MIN;
    private Instant saidUnreadable = Instant.MIN;

    public MinuteFiles(Path directory, Bounds bounds, InstantSource clock) {
        this(directory, bounds, clock, Disk.REAL, END_WITHIN);
    }

    MinuteFiles(Path directory, Bounds bounds, InstantSource clock, Disk disk, Duration endWithin) {
        this.endWithin = endWithin;
        this.directory = directory;
        this.bounds = bounds;
        this.clock = clock;
        this.writing = new MinuteWriting(directory, bounds, disk);
        this.thread = Thread.ofPlatform().name("history").daemon().unstarted(this::run);
    }

    /** Begins to write; looks first at what is there. Returns at once. */
    public void start() {
        thread.start();
    }

    /** Has this minute written; returns at once. */
    public void keep(KeptMinute minute) {
        if (!queue.offer(minute)) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        look();
        while (!ended || !queue.isEmpty()) {
            try {
                KeptMinute next = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    write(next);
                }
            } catch (InterruptedException nobodyDoes) {
                return;
            } catch (RuntimeException | Error bug) {
                lost.incrementAndGet();
                broke(bug);
            }
        }
        writing.close();
    }

    private void look() {
        busySince = Optional.of(clock.instant());
        try {
            writing.open(today());
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException bug) {
            // A listing that breaks off is one, too (DirectoryIteratorException); the thread goes on, and tries again
            // with the next minute
            failed(new IOException(bug));
        } finally {
            busySince = Optional.empty();
        }
    }

    private void write(KeptMinute minute) {
        busySince = Optional.of(clock.instant());
        try {
            writing.write(minute, today());
            succeeded();
        } catch (IOException e) {
            lost.incrementAndGet();
            failed(e);
        } finally {
            busySince = Optional.empty();
        }
    }

    private LocalDate today() {
        return clock.instant().atZone(ZoneOffset.UTC).toLocalDate();
    }

    private void failed(IOException e) {
        boolean isNew = trouble.isEmpty();
        troubleAt = clock.instant();
        trouble = Optional.of(text(e));
        if (isNew) {
            LOG.warnf("the history cannot be written; decisions go on without it directory=%s: %s", directory, text(e));
        }
    }

    /** The same of what should never happen: said once, and with all that helps to find it. */
    private void broke(Throwable bug) {
        boolean isNew = trouble.isEmpty();
        troubleAt = clock.instant();
        trouble = Optional.of(bug.toString());
        if (isNew) {
            LOG.error("a minute of the history was not written", bug);
        }
    }

    private void succeeded() {
        if (trouble.isPresent() && clock.instant().isAfter(troubleAt.plus(OVER_AFTER))) {
            trouble = Optional.empty();
            LOG.infof("the history is written again directory=%s minutesLost=%d", directory, lost.get());
        }
    }

    /** Messages of the file system are a path, or begin with one. */
    private static String text(IOException e) {
        String name = e.getClass().getSimpleName().replace("Exception", "");
        return name.equals("IO") || name.equals("FileSystem")
                ? String.valueOf(e.getMessage())
                : name + ": " + e.getMessage();
    }

    @Override
    public Optional<State> state() {
        return Optional.of(new State(writing.bytes(), writing.files(), lost.get(), trouble()));
    }

    private Optional<String> trouble() {
        return busySince
                .filter(since -> since.plus(NOT_ANSWERING).isBefore(clock.instant()))
                .map(since -> "the disk has not answered since " + since)
                .or(() -> trouble);
    }

    @Override
    public Optional<Instant> since(TriggerId trigger) {
        for (LocalDate day : days(Instant.MIN, Instant.MAX)) {
            List<Minute> first = new ArrayList<>();
            read(trigger, day, new FirstMinute(first), () -> !first.isEmpty());
            if (!first.isEmpty()) {
                return Optional.of(first.getFirst().at());
            }
        }
        return Optional.empty();
    }

    private record FirstMinute(List<Minute> minutes) implements MinuteReader.Sink {

        @Override
        public void header(MinuteHeader header) {}

        @Override
        public void minute(Minute minute) {
            minutes.add(minute);
        }
    }

    @Override
    public void read(TriggerId trigger, Instant from, Instant to, MinuteReader.Sink sink) {
        for (LocalDate day : days(from, to)) {
            SpanOfMinutes within = new SpanOfMinutes(from, to, sink);
            read(trigger, day, within, within::isOver);
        }
    }

    /** Those of which there may be files; a clock elsewhere may be a day ahead. */
    private List<LocalDate> days(Instant from, Instant to) {
        LocalDate first = today().minusDays(bounds.days() + 1L);
        LocalDate last = today().plusDays(1);
        return first.datesUntil(last.plusDays(1))
                .filter(day ->
                        day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().isAfter(from)
                                && day.atStartOfDay(ZoneOffset.UTC).toInstant().isBefore(to))
                .toList();
    }

    private void read(TriggerId trigger, LocalDate day, MinuteReader.Sink sink, BooleanSupplier enough) {
        Path file = directory.resolve(FileNames.folder(trigger)).resolve(FileNames.file(day));
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            MinuteReader reader = new MinuteReader(new OfTrigger(trigger, sink));
            LineFile lines = new LineFile(in, MinuteReader.LONGEST_LINE);
            for (Optional<String> line = lines.next();
                    line.isPresent() && !enough.getAsBoolean();
                    line = lines.next()) {
                reader.take(line.get());
            }
            reader.end();
        } catch (NoSuchFileException none) {
            // Nothing was decided on that day, or it is too long ago
        } catch (IOException e) {
            sayUnreadable(file, text(e));
        } catch (HistoryException | WrongTriggerException e) {
            sayUnreadable(file, String.valueOf(e.getMessage()));
        }
    }

    private synchronized void sayUnreadable(Path file, String why) {
        Instant now = clock.instant();
        if (saidUnreadable.isBefore(now.minus(OVER_AFTER))) {
            saidUnreadable = now;
            LOG.warnf("the rest of a history file is skipped file=%s: %s", file, why);
        }
    }

    /** A file that was put into another's place. */
    private static final class WrongTriggerException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        WrongTriggerException(TriggerId expected, TriggerId got) {
            super("expected minutes of " + expected.scaledObject() + " " + expected.name() + ", got those of "
                    + got.scaledObject() + " " + got.name());
        }
    }

    private record OfTrigger(TriggerId trigger, MinuteReader.Sink sink) implements MinuteReader.Sink {

        @Override
        public void header(MinuteHeader header) {
            if (!header.trigger().equals(trigger)) {
                throw new WrongTriggerException(trigger, header.trigger());
            }
            sink.header(header);
        }

        @Override
        public void minute(Minute minute) {
            sink.minute(minute);
        }
    }

    /** Writes what is left, and waits for it no longer than two seconds. */
    @Override
    public void close() {
        ended = true;
        try {
            thread.join(endWithin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
