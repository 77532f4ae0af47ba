package io.nimscaler.scrape;

import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * The body of an answer that is refused by its status or headers. It is read to its end, so that the connection can be used for
 * the next path or the next poll (a model that loads answers 503 for minutes). It is not read for long, and the reason of the
 * refusal is kept.
 */
final class RefusedBody implements Body {

    private static final int BYTES_WORTH_READING = 64 << 10;

    private final Failed refusal;
    private final Scratch scratch;
    private long bytes;

    /**
     * @param scratch takes back what the body came in
     */
    RefusedBody(Failed refusal, Scratch scratch) {
        this.refusal = refusal;
        this.scratch = scratch;
    }

    @Override
    public Optional<ScrapeResult> read(Buffer chunk) {
        scratch.read(chunk, (_, _, length) -> bytes += length);
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
