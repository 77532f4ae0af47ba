package io.nimscaler.scrape;

import io.nimscaler.exposition.ReadLimits;
import java.time.Duration;

/**
 * How pods are asked.
 *
 * @param timeout deadline over one whole exchange, from connecting to the last byte of the body
 * @param keepAlive how long an idle connection is kept: longer than the longest poll interval (5m), or every scrape of
 *     such a trigger connects anew; whole seconds, since Vert.x counts in them
 * @param limits what a body may be at most
 */
public record ScrapeSettings(Duration timeout, Duration keepAlive, ReadLimits limits) {

    private static final Duration LONGEST = Duration.ofHours(1);

    public ScrapeSettings {
        require("timeout", timeout, Duration.ofMillis(1));
        require("keep-alive", keepAlive, Duration.ofSeconds(1));
    }

    private static void require(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " = " + value + ", must be in [" + least + ", " + LONGEST + "]");
        }
    }
}
