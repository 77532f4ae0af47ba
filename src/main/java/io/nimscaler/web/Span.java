package io.nimscaler.web;

import io.nimscaler.history.Remembered;
import io.nimscaler.scaler.Snapshot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The span of time that is remembered of one trigger, both ends included.
 *
 * @param from null where nothing is remembered
 */
record Span(@Nullable Instant from, @Nullable Instant to) {

    static Span of(List<Remembered> all) {
        return all.isEmpty()
                ? new Span(null, null)
                : new Span(all.getFirst().at(), all.getLast().at());
    }

    boolean contains(Instant moment) {
        return from != null && to != null && !moment.isBefore(from) && !moment.isAfter(to.plus(Snapshot.CURRENT_FOR));
    }

    /** For people. */
    String text() {
        return from == null ? "nothing is remembered" : "the decisions from " + from + " to " + to + " are remembered";
    }
}
