package io.nimscaler.storage;

import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import java.time.Instant;
import java.util.Optional;

/** Passes on the minutes of a span, and each header before the first of its minutes. */
final class SpanOfMinutes implements MinuteReader.Sink {

    private final Instant from;
    private final Instant to;
    private final MinuteReader.Sink sink;
    private Optional<MinuteHeader> header = Optional.empty();
    private boolean over;

    SpanOfMinutes(Instant from, Instant to, MinuteReader.Sink sink) {
        this.from = from;
        this.to = to;
        this.sink = sink;
    }

    @Override
    public void header(MinuteHeader next) {
        header = Optional.of(next);
    }

    @Override
    public void minute(Minute minute) {
        over = !minute.at().isBefore(to);
        if (!over && !minute.at().isBefore(from)) {
            header.ifPresent(sink::header);
            header = Optional.empty();
            sink.minute(minute);
        }
    }

    /** Whether what follows is later than the span. */
    boolean isOver() {
        return over;
    }
}
