package io.nimscaler.signal;

import java.time.Duration;

/**
 * Counts at the scrapes of a window, by the rule of {@link SlidingTotal}: the newest ones, and earlier ones that are at least a sixtieth of
 * the window apart. They are numbers alone, and take no object each.
 */
final class SlidingCounts {

    private static final int MOST = 60;

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);

    private final long window;
    private final long apart;
    private final long enough;
    private final Ring points;

    /**
     * @param columns how many totals are counted side by side
     */
    SlidingCounts(Duration window, int columns) {
        this.window = window.toNanos();
        this.apart = window.dividedBy(MOST).toNanos();
        this.enough = Math.min(window.dividedBy(4).toNanos(), LONG_ENOUGH.toNanos());
        this.points = new Ring(columns);
    }

    /**
     * One that is not later than the newest replaces it.
     *
     * @param at see {@link Ring#nanos}
     */
    void add(long at, double... totals) {
        while (!points.isEmpty() && points.newestAt() - at >= 0) {
            points.removeLast();
        }
        if (points.size() > 1 && points.newestAt() - points.at(points.size() - 2) < apart) {
            points.removeLast();
        }
        points.add(at, totals);
        while (at - points.at(0) > window) {
            points.removeFirst();
        }
    }

    /** What came before has nothing to do with what comes. */
    void clear() {
        points.clear();
    }

    /** How many points there are. */
    int size() {
        return points.size();
    }

    /** By how much a total has grown within the window; there is at least one point. */
    double growth(int column) {
        return points.growth(column);
    }

    /** Whether the scrapes span a quarter of the window, or 15 s where that is less: a change over an instant says nothing. */
    boolean spansEnough() {
        return points.size() > 1 && points.span() >= enough;
    }

    /** Whether the scrapes span so much of the window, from 0 to 1. */
    boolean spans(double share) {
        return points.size() > 1 && points.span() >= share * window;
    }

    /** From the oldest point to the newest. */
    double seconds() {
        return points.span() / 1e9;
    }

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return points.keptBytes();
    }
}
