package io.nimscaler.history;

import io.nimscaler.scaler.TriggerId;
import java.time.Instant;
import java.util.Optional;

/** Reads the minutes that are kept. Reading may block, so do not call it on an event loop. */
public interface KeptMinutes {

    /**
     * How it goes.
     *
     * @param bytes that all minutes take
     * @param files in which they are
     * @param lost how many minutes could not be kept since the start
     * @param trouble why the latest could not be kept, for people; empty: all is well
     */
    record State(long bytes, int files, long lost, Optional<String> trouble) {}

    /** How it goes; empty: none are kept. */
    Optional<State> state();

    /** The first minute that is kept of a trigger; empty: none. */
    Optional<Instant> since(TriggerId trigger);

    /**
     * Reads those of a trigger of which {@code from <= at < to}, with the headers that they are of, in order of time. What can not be read is
     * left out.
     */
    void read(TriggerId trigger, Instant from, Instant to, MinuteReader.Sink sink);

    /** Where none are kept. */
    static KeptMinutes none() {
        return new KeptMinutes() {

            @Override
            public Optional<State> state() {
                return Optional.empty();
            }

            @Override
            public Optional<Instant> since(TriggerId trigger) {
                return Optional.empty();
            }

            @Override
            public void read(TriggerId trigger, Instant from, Instant to, MinuteReader.Sink sink) {}
        };
    }
}
