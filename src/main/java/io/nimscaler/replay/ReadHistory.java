package io.nimscaler.replay;

import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.signal.Signal;
import io.nimscaler.trigger.ParsedTrigger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Minutes of one trigger → its history, minute by minute as they are read: a minute takes ten times the memory of what is left of it. Of several signals, that
 * of the last counts.
 */
public final class ReadHistory implements MinuteReader.Sink {

    private static final int BETWEEN_CHECKS = 60;

    private final Stop stop;
    private final Map<Signal, PartsOfMinutes> bySignal = new HashMap<>();
    private int minutes;
    private Optional<MinuteHeader> next = Optional.empty();
    private Optional<MinuteHeader> last = Optional.empty();
    private Optional<PartsOfMinutes> parts = Optional.empty();

    /**
     * @param stop asked once an hour that is read
     */
    public ReadHistory(Stop stop) {
        this.stop = stop;
    }

    @Override
    public void header(MinuteHeader header) {
        next = Optional.of(header);
    }

    /**
     * @throws StoppedException where {@code stop} says so
     */
    @Override
    public void minute(Minute minute) {
        if (++minutes % BETWEEN_CHECKS == 0) {
            stop.check();
        }
        next.ifPresent(header -> {
            last = next;
            parts = header.parsed() instanceof ParsedTrigger.Valid valid
                    ? Optional.of(bySignal.computeIfAbsent(
                            valid.trigger().signal(), _ -> new PartsOfMinutes(valid.trigger())))
                    : Optional.empty();
            next = Optional.empty();
        });
        // What another version had for metadata is no signal of ours
        parts.ifPresent(its -> its.take(minute));
    }

    /**
     * What was read; empty: no minute.
     *
     * @throws UnusableException where the metadata of the last are none of this version
     */
    public Optional<FleetHistory> history() {
        return last.map(header -> switch (header.parsed()) {
            case ParsedTrigger.Valid valid -> {
                PartsOfMinutes its = parts.orElseThrow();
                yield new FleetHistory(
                        header.trigger(),
                        valid.trigger(),
                        header.limits(),
                        its.parts(),
                        its.startUps(),
                        its.reactions());
            }
            case ParsedTrigger.Invalid invalid -> throw new UnusableException(invalid.text());
        });
    }
}
