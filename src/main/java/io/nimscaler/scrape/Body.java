package io.nimscaler.scrape;

import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** What the body of one answer is read for. */
sealed interface Body permits MetricsBody, RefusedBody {

    /** Takes the next bytes. A result means: this is enough, hang up. */
    Optional<ScrapeResult> read(Buffer chunk);

    /** The body came to its end. */
    ScrapeResult finish();

    /** It did not, for this reason. */
    ScrapeResult breakOff(Failed why);

    /** Nothing of it is needed any more. */
    default void release() {}

    /** For people: how much came so far. */
    String progress();
}
