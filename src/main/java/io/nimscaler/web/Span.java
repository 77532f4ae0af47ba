package io.nimscaler.web;

import io.nimscaler.history.Remembered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The span of time that is remembered of one trigger, both ends included.
 *
 * @param from null where nothing is remembered
 */
record Span(@Nullable Instant from, @Nullable Instant to) {

    /** A decision stands until the next one, which is due within a second; a clock may be a little ahead of ours. */
    private static final Duration STANDS_FOR = Duration.ofSeconds(15);

    static Span of(List<Remembered> all) {
        return all.isEmpty()
                ? new Span(null, null)
                : new Span(all.getFirst().at(), all.getLast().at());
    }

    boolean contains(Instant moment) {
        return from != null && to != null && !moment.isBefore(from) && !moment.isAfter(to.plus(STANDS_FOR));
    }

    /** For people. */
    String text() {
        return from == null ? "nothing is remembered" : "remembered is " + from + " to " + to;
    }
}
