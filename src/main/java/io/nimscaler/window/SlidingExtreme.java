package io.nimscaler.window;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The highest (or lowest) value of a span of observed time: a monotonic deque, O(1) amortized.
 *
 * <p>If values only fall (or rise) for long, each of them may still become the extreme. If there are more than 512 (or as many as the
 * caller says), values that are close together are merged into one: the extreme of them, at the time of the last. It counts a little
 * longer than the window.
 *
 * <p>Time is a duration that the caller lets pass. So a time in which nothing was observed can be left out. The span is closed:
 * with a window of 60 s, a value of exactly 60 s ago still counts; with 0 s only the present one does.
 */
public final class SlidingExtreme {

    /** A window of the default length has no more, with a decision each second. */
    private static final int EXACT = 512;

    private record Entry(Duration at, double value) {}

    /**
     * All that a window remembers.
     *
     * @param observed time since it began
     * @param values those that may still become the extreme, oldest first
     */
    public record State(Duration observed, List<Aged> values) {

        /** Of a window that has observed nothing. */
        public static final State NOTHING = new State(Duration.ZERO, List.of());

        public State {
            values = List.copyOf(values);
        }
    }

    /**
     * @param age in observed time
     */
    public record Aged(Duration age, double value) {}

    private final Duration window;
    private final boolean highest;
    private final int exact;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private Duration from = Duration.ZERO;
    private Duration now = Duration.ZERO;

    private SlidingExtreme(Duration window, boolean highest, int exact) {
        this.window = window;
        this.highest = highest;
        this.exact = exact;
    }

    public static SlidingExtreme highestOf(Duration window) {
        return highestOf(window, EXACT);
    }

    /**
     * @param exact so many values are kept exactly, at least 2; of more those that are less than this part of the window apart are merged
     */
    public static SlidingExtreme highestOf(Duration window, int exact) {
        return new SlidingExtreme(window, true, exact);
    }

    public static SlidingExtreme lowestOf(Duration window) {
        return new SlidingExtreme(window, false, EXACT);
    }

    /**
     * The same history under another window. What the old window has dropped is gone: a longer window is not full before it
     * has observed the difference.
     */
    public SlidingExtreme withWindow(Duration other) {
        SlidingExtreme next = new SlidingExtreme(other, highest, exact);
        next.entries.addAll(entries);
        Duration kept = now.minus(window);
        next.from = kept.compareTo(from) > 0 ? kept : from;
        next.now = now;
        return next;
    }

    /** From now on a whole window has to be observed again before it is full; what it remembers stays until it is too old. */
    public void observeAnew() {
        from = now;
    }

    /** What it remembers now. */
    public State state() {
        return new State(
                now.minus(from),
                entries.stream()
                        .map(entry -> new Aged(now.minus(entry.at()), entry.value()))
                        .toList());
    }

    /** The same window that remembers this instead. */
    public SlidingExtreme resumed(State state) {
        SlidingExtreme next = new SlidingExtreme(window, highest, exact);
        next.now = state.observed();
        state.values().forEach(value -> next.entries.addLast(new Entry(next.now.minus(value.age()), value.value())));
        return next;
    }

    /** A value that held for {@code elapsed} until now. */
    public void add(double value, Duration elapsed) {
        pass(elapsed);
        include(value);
    }

    /** Time that was observed and had no value: what is older than the window is dropped. */
    public void pass(Duration elapsed) {
        now = now.plus(elapsed);
        Duration oldest = now.minus(window);
        while (!entries.isEmpty() && entries.getFirst().at().compareTo(oldest) < 0) {
            entries.removeFirst();
        }
    }

    /** A value of this moment; no time passes. */
    public void include(double value) {
        while (!entries.isEmpty() && !beats(entries.getLast().value(), value)) {
            entries.removeLast();
        }
        if (entries.size() >= exact && isCloseTogether()) {
            entries.addLast(new Entry(now, entries.removeLast().value()));
        } else {
            entries.addLast(new Entry(now, value));
        }
    }

    /** Whether the last but one is of this part of the window, too. */
    private boolean isCloseTogether() {
        Iterator<Entry> backwards = entries.descendingIterator();
        backwards.next();
        return backwards.next().at().plus(window.dividedBy(exact)).compareTo(now) > 0;
    }

    private boolean beats(double one, double other) {
        return highest ? one > other : one < other;
    }

    /** The extreme of the window; empty where it has no value. */
    public OptionalDouble value() {
        return entries.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(entries.getFirst().value());
    }

    /** How much time must still be observed until the window is full. */
    public Duration remaining() {
        Duration missing = window.minus(now.minus(from));
        return missing.isNegative() ? Duration.ZERO : missing;
    }
}
