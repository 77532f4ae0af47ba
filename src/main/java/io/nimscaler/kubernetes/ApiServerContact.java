package io.nimscaler.kubernetes;

import io.nimscaler.scaler.Contact;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Whether the ScaledObjects are watched, and if not, why. While they are not, the log says so, at most once a minute.
 *
 * <p>{@link #look} is called by one thread; {@link #contact} from any.
 */
final class ApiServerContact {

    private static final Logger LOG = Logger.getLogger(ApiServerContact.class);

    /** API servers end each watch after some minutes; that it is made anew is no news. */
    private static final Duration NEWS_AFTER = Duration.ofSeconds(5);

    private static final Duration SAY_EVERY = Duration.ofMinutes(1);
    private static final Duration ASK_EVERY = Duration.ofSeconds(10);

    private final Supplier<String> why;
    private final Executor executor;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Instant start;
    private volatile String reason = "it has not answered yet";
    private volatile Contact contact;
    private Instant watchedAt;
    private Instant sayDue;
    private Instant askDue;
    private boolean said;

    /**
     * @param why asks the API server and says in words why the ScaledObjects are not watched; may block, never throws
     * @param executor of what may block
     */
    ApiServerContact(Supplier<String> why, Executor executor, Instant start) {
        this.why = why;
        this.executor = executor;
        this.start = start;
        this.watchedAt = start;
        this.sayDue = start.plus(NEWS_AFTER);
        this.askDue = start;
        this.contact = new Contact.NeverReached(start, reason);
    }

    Contact contact() {
        return contact;
    }

    /**
     * @param isListed whether all ScaledObjects were seen at least once
     * @param isWatched whether each change of them is seen at this moment
     */
    void look(boolean isListed, boolean isWatched, Instant now) {
        if (isListed && isWatched) {
            watchedAt = now;
            contact = new Contact.Watching();
            sayDue = later(sayDue, now.plus(NEWS_AFTER));
            askDue = now;
            if (said) {
                said = false;
                LOG.info("API server: ScaledObjects are watched again");
            }
            return;
        }
        if (isListed && !watchedAt.plus(NEWS_AFTER).isBefore(now)) {
            return;
        }
        ask(now);
        contact = isListed ? new Contact.Away(watchedAt, reason) : new Contact.NeverReached(start, reason);
        if (!now.isBefore(sayDue)) {
            sayDue = now.plus(SAY_EVERY);
            said = true;
            LOG.warnf(
                    "API server: ScaledObjects %s since=%s reason=%s",
                    isListed ? "are not watched" : "were never read",
                    (isListed ? watchedAt : start).truncatedTo(ChronoUnit.SECONDS),
                    reason);
        }
    }

    private void ask(Instant now) {
        if (now.isBefore(askDue) || !asking.compareAndSet(false, true)) {
            return;
        }
        askDue = now.plus(ASK_EVERY);
        executor.execute(() -> {
            try {
                reason = why.get();
            } finally {
                asking.set(false);
            }
        });
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
