package io.nimscaler.replay;

import java.util.List;
import java.util.OptionalDouble;

/** Goes through parts second by second, what lies between them included. */
final class Cursor {

    private final List<Part> parts;
    private long at;
    private int index;

    /**
     * @param parts not empty, in order
     */
    Cursor(List<Part> parts) {
        this(parts, parts.getFirst().from());
    }

    /**
     * @param at the first second
     */
    Cursor(List<Part> parts, long at) {
        this.parts = parts;
        this.at = at;
    }

    /** How many seconds there are still. */
    long ticks() {
        return parts.getLast().until() - at;
    }

    /** The demand of the next second; empty: it is not known. */
    OptionalDouble next() {
        return peekAt(at++);
    }

    /** That of the one after it. */
    OptionalDouble peek() {
        return peekAt(at);
    }

    private OptionalDouble peekAt(long second) {
        while (index < parts.size() && parts.get(index).until() <= second) {
            index++;
        }
        if (index == parts.size() || parts.get(index).from() > second) {
            return OptionalDouble.empty();
        }
        Part part = parts.get(index);
        return OptionalDouble.of(part.at((int) (second - part.from())));
    }
}
