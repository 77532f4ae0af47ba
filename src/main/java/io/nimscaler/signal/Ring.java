package io.nimscaler.signal;

import java.time.Instant;
import java.util.Arrays;

/**
 * Rows of numbers, each with its time, oldest first. However many there are, they are two arrays: nothing that a collector has to follow
 * or to mark. The arrays grow by a quarter where they are full, and get smaller where less than half of them is used.
 */
final class Ring {

    private static final int FEWEST = 4;

    /** Of heap, of an array without its numbers. */
    private static final long BYTES_OF_AN_ARRAY = 16;

    private static final long[] NO_TIMES = {};
    private static final double[] NO_NUMBERS = {};

    private final int columns;
    private long[] times = NO_TIMES;
    private double[] numbers = NO_NUMBERS;
    private int first;
    private int size;

    /**
     * @param columns how many numbers a row has
     */
    Ring(int columns) {
        this.columns = columns;
    }

    /** A moment in nanoseconds. Only the difference of two has a meaning: it is right up to 292 years. */
    static long nanos(Instant moment) {
        return moment.getEpochSecond() * 1_000_000_000 + moment.getNano();
    }

    /**
     * Adds the newest row.
     *
     * @param at in {@linkplain #nanos nanoseconds}
     * @param row as many numbers as there are columns
     */
    void add(long at, double... row) {
        if (size == times.length) {
            resize(Math.max(FEWEST, size + size / 4));
        }
        int place = place(size++);
        times[place] = at;
        System.arraycopy(row, 0, numbers, place * columns, columns);
    }

    void removeFirst() {
        first = place(1);
        size--;
        shrink();
    }

    void removeLast() {
        size--;
        shrink();
    }

    void clear() {
        times = NO_TIMES;
        numbers = NO_NUMBERS;
        first = 0;
        size = 0;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * The number of a column.
     *
     * @param row from 0, the oldest one
     */
    double get(int row, int column) {
        return numbers[place(row) * columns + column];
    }

    /** In {@linkplain #nanos nanoseconds}. */
    long at(int row) {
        return times[place(row)];
    }

    long newestAt() {
        return at(size - 1);
    }

    /** Nanoseconds from the oldest row to the newest. */
    long span() {
        return newestAt() - at(0);
    }

    /** What a column has grown by, from the oldest row to the newest. */
    double growth(int column) {
        return get(size - 1, column) - get(0, column);
    }

    /** Of the numbers that are known. */
    double most(int column) {
        double most = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < size; row++) {
            double number = get(row, column);
            most = number > most ? number : most;
        }
        return most;
    }

    /** NaN: one is not known. */
    double least(int column) {
        double least = Double.POSITIVE_INFINITY;
        for (int row = 0; row < size; row++) {
            least = Math.min(least, get(row, column));
        }
        return least;
    }

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return times.length == 0 ? 0 : 2 * BYTES_OF_AN_ARRAY + (long) Long.BYTES * (1 + columns) * times.length;
    }

    private int place(int row) {
        int place = first + row;
        return place < times.length ? place : place - times.length;
    }

    private void shrink() {
        if (times.length > FEWEST && 2 * size < times.length) {
            resize(Math.max(FEWEST, size + size / 4));
        }
    }

    private void resize(int capacity) {
        int untilEnd = Math.min(size, times.length - first);
        long[] newTimes = Arrays.copyOfRange(times, first, first + capacity);
        double[] newNumbers = Arrays.copyOfRange(numbers, first * columns, (first + capacity) * columns);
        System.arraycopy(times, 0, newTimes, untilEnd, size - untilEnd);
        System.arraycopy(numbers, 0, newNumbers, untilEnd * columns, (size - untilEnd) * columns);
        times = newTimes;
        numbers = newNumbers;
        first = 0;
    }
}
