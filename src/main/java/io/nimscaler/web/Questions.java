package io.nimscaler.web;

import io.nimscaler.replay.Stop;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Answers one question of what-if at a time, within a time limit, and only while a client waits for it: an answer takes a core,
 * which the scaler itself needs, too. Thread-safe.
 */
@Singleton
class Questions {

    /** What has not been tried by then is left out. */
    static final Duration LATE_AFTER = Duration.ofSeconds(30);

    /** Then there is no answer. */
    static final Duration STOPPED_AFTER = Duration.ofSeconds(60);

    private final Semaphore places = new Semaphore(1);
    private final InstantSource clock;

    Questions(InstantSource clock) {
        this.clock = clock;
    }

    /** Answers, on the caller's thread. */
    <T> T answer(HttpServerResponse caller, Function<Stop, T> question) {
        if (!places.tryAcquire()) {
            throw Refusal.tooMany("expected one question at a time; try again later");
        }
        try {
            return question.apply(new Waiting(caller, clock, clock.instant()));
        } finally {
            places.release();
        }
    }

    private record Waiting(HttpServerResponse caller, InstantSource clock, Instant began) implements Stop {

        @Override
        public Optional<String> reason() {
            if (caller.closed()) {
                return Optional.of("the client has hung up");
            }
            return isAfter(STOPPED_AFTER)
                    ? Optional.of("it takes longer than " + STOPPED_AFTER.toSeconds()
                            + " s; ask for a shorter span with from and to")
                    : Optional.empty();
        }

        @Override
        public boolean isLate() {
            return isAfter(LATE_AFTER);
        }

        private boolean isAfter(Duration length) {
            return clock.instant().isAfter(began.plus(length));
        }
    }
}
