package io.nimscaler.kubernetes;

import io.nimscaler.window.TokenBucket;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Which ScaledObject reads {@code /scale}, or an HPA, next: of those that are due, the one that was read longest ago. So a
 * ScaledObject that changes all the time does not delay the others. The reads at once and in a second are bounded, because the
 * API server serves other clients, too.
 *
 * <p>{@link #begin} is called by one thread at a time.
 */
final class ScaleReads {

    /** One that asks the API server. */
    interface Reader {

        boolean isDue(Instant now);

        /** When it was read last; long ago where it never was. */
        Instant askedAt();

        /** Its turn has come. */
        void begin(Instant now);

        /** Reads; blocks on the API server. */
        void read();
    }

    private final Semaphore atOnce;
    private final TokenBucket rate;
    private final Executor executor;

    /** @param executor whose threads may block */
    ScaleReads(int atOnce, TokenBucket rate, Executor executor) {
        this.atOnce = new Semaphore(atOnce);
        this.rate = rate;
        this.executor = executor;
    }

    void begin(Collection<? extends Reader> readers, Instant now) {
        List<? extends Reader> due = readers.stream()
                .filter(reader -> reader.isDue(now))
                .sorted(Comparator.comparing(Reader::askedAt))
                .toList();
        for (Reader reader : due) {
            if (!atOnce.tryAcquire()) {
                return;
            }
            if (!rate.take(now)) {
                atOnce.release();
                return;
            }
            reader.begin(now);
            executor.execute(() -> {
                try {
                    reader.read();
                } finally {
                    atOnce.release();
                }
            });
        }
    }
}
