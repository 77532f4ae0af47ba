package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CONNECTION_LOST;
import static io.nimscaler.poll.ScrapeFailure.MALFORMED;
import static io.nimscaler.poll.ScrapeFailure.TOO_LARGE;

import io.nimscaler.exposition.BodyFormat;
import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A body of metrics, read as it comes. Only the wanted series are kept.
 *
 * <p>A body without a declared length ends with the connection, so it may be cut. What is left of {@code 0.97} may be
 * {@code 0.9} or {@code 0}: a busy pod that looks idle. Such a body counts only if it ends with a newline, as the format
 * requires. A body with a declared length needs none (NIM's has none).
 */
final class MetricsBody implements Body {

    private final ExpositionReader reader;
    private final int limit;
    private final boolean endIsKnown;
    private final Scratch scratch;
    private final KeptBytes.Share kept;
    private long bytes;
    private byte lastByte;

    MetricsBody(
            MetricNames wanted,
            ReadLimits limits,
            BodyFormat format,
            boolean endIsKnown,
            Scratch scratch,
            KeptBytes.Share kept) {
        this.kept = kept;
        this.reader = new ExpositionReader(wanted, limits, format, scratch.memo());
        this.limit = limits.bodyBytes();
        this.endIsKnown = endIsKnown;
        this.scratch = scratch;
    }

    @Override
    public Optional<ScrapeResult> read(Buffer chunk) {
        int length = chunk.length();
        bytes += length;
        if (bytes > limit) {
            return Optional.of(new Failed(TOO_LARGE, "expected a body of at most " + limit + " bytes, got more"));
        }
        scratch.read(chunk, this::read);
        if (!kept.grow(reader.keptBytes())) {
            return Optional.of(new Failed(
                    TOO_LARGE,
                    "expected wanted lines of at most " + KeptBytes.MOST + " bytes in all bodies under way, got "
                            + reader.keptBytes() + " of this one so far"));
        }
        return Optional.empty();
    }

    private void read(byte[] content, int offset, int length) {
        reader.read(content, offset, length);
        lastByte = length > 0 ? content[offset + length - 1] : lastByte;
    }

    @Override
    public ScrapeResult finish() {
        if (!endIsKnown && lastByte != '\n') {
            return new Failed(
                    CONNECTION_LOST,
                    "expected Content-Length, chunks or a final newline, got a close after " + progress());
        }
        return switch (reader.finish()) {
            case Exposition.Parsed parsed -> new Scraped(parsed.series(), parsed.contents());
            case Exposition.Malformed malformed -> new Failed(MALFORMED, malformed.message());
            case Exposition.TooLarge tooLarge -> new Failed(TOO_LARGE, tooLarge.message());
        };
    }

    @Override
    public ScrapeResult breakOff(Failed why) {
        return why;
    }

    @Override
    public void release() {
        kept.release();
    }

    @Override
    public String progress() {
        return bytes + " bytes of the body";
    }
}
