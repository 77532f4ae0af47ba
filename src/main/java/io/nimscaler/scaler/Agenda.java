package io.nimscaler.scaler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What is to be done when. The cost of finding what is due depends on how much is due, not on how much there is. Belongs to one
 * thread.
 *
 * @param <T> by its equality, and in its order where several are due at the same moment
 */
final class Agenda<T extends Comparable<T>> {

    private record Turn<T extends Comparable<T>>(Instant due, T what) implements Comparable<Turn<T>> {
        @Override
        public int compareTo(Turn<T> other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : what.compareTo(other.what);
        }
    }

    private final Map<T, Turn<T>> turns = new HashMap<>();
    private final NavigableSet<Turn<T>> inOrder = new TreeSet<>();

    /** Its turn is then, and at no other time. */
    void put(T what, Instant due) {
        remove(what);
        Turn<T> turn = new Turn<>(due, what);
        turns.put(what, turn);
        inOrder.add(turn);
    }

    void remove(T what) {
        Turn<T> before = turns.remove(what);
        if (before != null) {
            inOrder.remove(before);
        }
    }

    /** When the next turn is, in the past where it has come; {@link Instant#MAX}: there is none. */
    Instant nextDue() {
        return inOrder.isEmpty() ? Instant.MAX : inOrder.first().due();
    }

    /** Whose turn has come, the longest due first; it stays so until {@link #put} says otherwise. */
    List<T> due(Instant now) {
        List<T> due = new ArrayList<>();
        for (Turn<T> next : inOrder) {
            if (now.isBefore(next.due())) {
                break;
            }
            due.add(next.what());
        }
        return due;
    }
}
