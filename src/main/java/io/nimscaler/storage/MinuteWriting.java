package io.nimscaler.storage;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteWriter;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.storage.Shelf.Book;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes minutes within bounds of days, bytes and files. Belongs to one thread; only its two numbers may be read from others. */
final class MinuteWriting {

    /** 14 days of 1,300 triggers; in memory 3 MB. */
    private static final int MOST_FILES = 20_000;

    /** Of who is not among them the header is written once more. */
    private static final int MOST_OPEN = 4_096;

    private record Page(Book book, MinuteHeader header) {}

    private final Path directory;
    private final MinuteFiles.Bounds bounds;
    private final Disk disk;
    private final Map<TriggerId, Page> open = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TriggerId, Page> eldest) {
            return size() > MOST_OPEN;
        }
    };
    private Shelf shelf = new Shelf();
    private Optional<FileLock> lock = Optional.empty();
    private LocalDate clearedOn = LocalDate.MIN;
    private volatile long bytes;
    private volatile int files;

    MinuteWriting(Path directory, MinuteFiles.Bounds bounds, Disk disk) {
        this.directory = directory;
        this.bounds = bounds;
        this.disk = disk;
    }

    /** Of all files, from any thread. */
    long bytes() {
        return bytes;
    }

    /** Their number, from any thread. */
    int files() {
        return files;
    }

    /** Looks at what is there, and takes the directory for itself. Nothing happens where that is done. */
    void open(LocalDate today) throws IOException {
        if (lock.isPresent()) {
            return;
        }
        Files.createDirectories(directory);
        FileLock taken = lock();
        try {
            shelf = new Shelf();
            list();
            clear(today);
        } catch (IOException | RuntimeException e) {
            taken.channel().close();
            throw e;
        } finally {
            show();
        }
        lock = Optional.of(taken);
    }

    /** Two that write the same files would make each other's lines unreadable. */
    private FileLock lock() throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        try {
            FileLock taken = channel.tryLock();
            if (taken != null) {
                return taken;
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            // As if by another
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException(
                directory + ": another scaler keeps its history there; each needs a directory of its own");
    }

    private void list() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                if (FileNames.isFolder(name) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    list(folder, name);
                }
            }
        }
    }

    private void list(Path folder, String name) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                Optional<LocalDate> day = FileNames.day(file.getFileName().toString());
                if (day.isPresent() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    shelf.put(new Book(name, day.get()), Files.size(file));
                    makeRoom(0);
                }
            }
        }
    }

    void write(KeptMinute kept, LocalDate today) throws IOException {
        open(today);
        clear(today);
        MinuteHeader header = kept.header();
        LocalDate day = kept.minute().at().atZone(ZoneOffset.UTC).toLocalDate();
        Book book = new Book(FileNames.folder(header.trigger()), day);
        Page page = new Page(book, header);
        String line = MinuteWriter.line(kept.minute()) + "\n";
        String headerLine = MinuteWriter.header(header) + "\n";
        makeRoom(line.length() + headerLine.length());
        boolean goesOn = page.equals(open.get(header.trigger())) && shelf.size(book) > 0;
        String text = goesOn ? line : ending(book) + headerLine + line;
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        open.remove(header.trigger());
        try {
            if (!shelf.hasFolder(book.folder())) {
                Files.createDirectories(directory.resolve(book.folder()));
            }
            disk.append(path(book), encoded);
            shelf.put(book, shelf.size(book) + encoded.length);
            open.put(header.trigger(), page);
        } catch (IOException e) {
            // Some of it may be there: the next begins on a line of its own, under a header
            measure(book);
            throw e;
        } finally {
            show();
        }
    }

    private void measure(Book book) {
        try {
            shelf.put(book, Files.size(path(book)));
        } catch (IOException notThere) {
            shelf.remove(book);
        }
    }

    /** What ends a line that was not finished when this process, or the one before it, was ended. */
    private String ending(Book book) throws IOException {
        long size = shelf.size(book);
        if (size == 0) {
            return "";
        }
        try (SeekableByteChannel channel =
                        Files.newByteChannel(path(book), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                InputStream last = Channels.newInputStream(channel.position(size - 1))) {
            return last.read() == '\n' ? "" : "\n";
        } catch (NoSuchFileException deletedByHand) {
            shelf.remove(book);
            return "";
        }
    }

    /**
     * Once a day what is too old goes: by the clock, and by what there is. A clock that is wrong for a moment would delete all of it; so a day goes only
     * where as many later ones are kept as are to be.
     */
    private void clear(LocalDate today) throws IOException {
        if (today.equals(clearedOn)) {
            return;
        }
        LocalDate byTheClock = today.minusDays(bounds.days());
        LocalDate byWhatThereIs = shelf.latestDay(bounds.days()).orElse(LocalDate.MIN);
        LocalDate oldest = byTheClock.isBefore(byWhatThereIs) ? byTheClock : byWhatThereIs;
        for (Optional<Book> book = shelf.oldest();
                book.filter(one -> one.day().isBefore(oldest)).isPresent();
                book = shelf.oldest()) {
            delete(book.get());
        }
        clearedOn = today;
    }

    private void makeRoom(int more) throws IOException {
        // To find the oldest takes a look at every folder: of a directory of 100,000 files not for each of them
        while (shelf.bytes() + more > bounds.bytes() || shelf.files() > MOST_FILES) {
            Optional<Book> book = shelf.oldest();
            if (book.isEmpty()) {
                return;
            }
            delete(book.get());
        }
    }

    private void delete(Book book) throws IOException {
        Files.deleteIfExists(path(book));
        shelf.remove(book);
        if (!shelf.hasFolder(book.folder())) {
            try {
                Files.deleteIfExists(directory.resolve(book.folder()));
            } catch (DirectoryNotEmptyException somebodyElses) {
                // What is not ours stays
            }
        }
        show();
    }

    private Path path(Book book) {
        return directory.resolve(book.folder()).resolve(FileNames.file(book.day()));
    }

    private void show() {
        bytes = shelf.bytes();
        files = shelf.files();
    }

    void close() {
        lock.ifPresent(held -> {
            try {
                held.channel().close();
            } catch (IOException e) {
                // The process ends, and the lock with it
            }
        });
    }
}
