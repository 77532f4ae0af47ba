package io.nimscaler.poll;

import io.nimscaler.exposition.Contents;
import io.nimscaler.exposition.SampleLine;
import java.util.List;

/** How one scrape ended. "No data" is a separate value. */
public sealed interface ScrapeResult {

    /**
     * A 200 with a readable body.
     *
     * @param series the wanted ones only; may be empty
     * @param contents what else the body has, where that was asked for
     */
    record Scraped(List<SampleLine> series, Contents contents) implements ScrapeResult {

        public Scraped {
            series = List.copyOf(series);
        }

        /** Without the names of all others. */
        public Scraped(List<SampleLine> series) {
            this(series, Contents.NOT_LOOKED_AT);
        }
    }

    /**
     * @param reason bounded, for meters
     * @param detail for people: what was expected and what came; holds nothing of the body
     */
    record Failed(ScrapeFailure reason, String detail) implements ScrapeResult {}
}
