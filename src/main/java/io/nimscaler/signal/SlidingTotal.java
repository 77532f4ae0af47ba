package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The totals at the scrapes of a window: the newest one, and earlier ones that are at least a sixtieth of the window apart. So a
 * short interval does not fill the memory.
 */
final class SlidingTotal<T> {

    private static final int MOST = 60;

    /** Of heap, of each point without what was counted. */
    static final long BYTES_OF_A_POINT = 64;

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);

    record Point<T>(Instant at, T total) {}

    private final Duration window;
    private final Duration apart;
    private final Duration enough;
    private final Deque<Point<T>> points = new ArrayDeque<>();

    SlidingTotal(Duration window) {
        this.window = window;
        this.apart = window.dividedBy(MOST);
        Duration quarter = window.dividedBy(4);
        this.enough = quarter.compareTo(LONG_ENOUGH) < 0 ? quarter : LONG_ENOUGH;
    }

    /** One that is not later than the newest replaces it. */
    void add(Instant at, T total) {
        while (!points.isEmpty() && !points.getLast().at().isBefore(at)) {
            points.removeLast();
        }
        if (points.size() > 1) {
            Point<T> newest = points.removeLast();
            if (!newest.at().isBefore(points.getLast().at().plus(apart))) {
                points.addLast(newest);
            }
        }
        points.addLast(new Point<>(at, total));
        Instant oldest = at.minus(window);
        while (points.getFirst().at().isBefore(oldest)) {
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

    /** Of the window; there is at least one point. */
    Point<T> oldest() {
        return points.getFirst();
    }

    Point<T> newest() {
        return points.getLast();
    }

    /** Whether the scrapes span a quarter of the window, or 15 s where that is less: a change over an instant says nothing. */
    boolean spansEnough() {
        return points.size() > 1 && span().compareTo(enough) >= 0;
    }

    Duration span() {
        return Duration.between(oldest().at(), newest().at());
    }
}
