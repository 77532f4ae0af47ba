package io.nimscaler.storage;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Which files there are, and how large they are: some 150 bytes of memory a file. Not thread-safe. */
final class Shelf {

    /**
     * @param folder of the trigger
     */
    record Book(String folder, LocalDate day) {}

    private final Map<String, NavigableMap<LocalDate, Long>> folders = new HashMap<>();
    private long bytes;
    private int files;

    long bytes() {
        return bytes;
    }

    int files() {
        return files;
    }

    /** From now on it is this large. */
    void put(Book book, long size) {
        Long before =
                folders.computeIfAbsent(book.folder(), _ -> new TreeMap<>()).put(book.day(), size);
        files += before == null ? 1 : 0;
        bytes += size - (before == null ? 0 : before);
    }

    /** 0 where there is none. */
    long size(Book book) {
        return of(book.folder()).getOrDefault(book.day(), 0L);
    }

    void remove(Book book) {
        NavigableMap<LocalDate, Long> days = folders.get(book.folder());
        Long size = days == null ? null : days.remove(book.day());
        if (size != null) {
            files--;
            bytes -= size;
        }
        if (days != null && days.isEmpty()) {
            folders.remove(book.folder());
        }
    }

    /** By day; empty where there is none. */
    NavigableMap<LocalDate, Long> of(String folder) {
        return folders.getOrDefault(folder, new TreeMap<>());
    }

    boolean hasFolder(String folder) {
        return folders.containsKey(folder);
    }

    /**
     * The day with which, from the latest on, there are so many of which there is something; empty: there are fewer.
     *
     * @param number at least 1
     */
    Optional<LocalDate> latestDay(int number) {
        return folders.values().stream()
                .flatMap(days -> days.keySet().stream())
                .distinct()
                .sorted(Comparator.reverseOrder())
                .skip(number - 1L)
                .findFirst();
    }

    /** Of the oldest day the largest. */
    Optional<Book> oldest() {
        return folders.entrySet().stream()
                .map(folder -> new Book(folder.getKey(), folder.getValue().firstKey()))
                .min(Comparator.comparing(Book::day)
                        .thenComparing(Comparator.comparingLong(this::size).reversed())
                        .thenComparing(Book::folder));
    }
}
