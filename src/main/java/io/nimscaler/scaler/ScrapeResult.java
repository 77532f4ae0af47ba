package io.nimscaler.scaler;

import io.nimscaler.exposition.Series;
import java.util.List;

/** How one scrape ended: "no data" is a value of its own. */
public sealed interface ScrapeResult {

    /** A 200 with a readable body; {@code series} has the wanted ones only and may be empty. */
    record Scraped(List<Series> series) implements ScrapeResult {

        public Scraped {
            series = List.copyOf(series);
        }
    }

    /**
     * @param reason bounded, for meters
     * @param detail for people: what was expected and what came; holds nothing of the body
     */
    record Failed(ScrapeFailure reason, String detail) implements ScrapeResult {}
}
