package io.nimscaler.scrape;

import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * The body of an answer that is refused for its head. It is read over so that the connection stays good for the next path
 * or the next poll (a loading model answers 503 for minutes), but neither for long nor at the price of the reason.
 */
final class RefusedBody implements Body {

    private static final int BYTES_WORTH_READING = 64 << 10;

    private final Failed refusal;
    private long bytes;

    RefusedBody(Failed refusal) {
        this.refusal = refusal;
    }

    @Override
    public Optional<ScrapeResult> read(Buffer chunk) {
        bytes += chunk.length();
        return bytes > BYTES_WORTH_READING ? Optional.of(refusal) : Optional.empty();
    }

    @Override
    public ScrapeResult finish() {
        return refusal;
    }

    @Override
    public ScrapeResult breakOff(Failed why) {
        return refusal;
    }

    @Override
    public String progress() {
        return bytes + " bytes of a refused body";
    }
}
