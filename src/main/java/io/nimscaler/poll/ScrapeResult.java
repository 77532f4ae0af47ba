package io.nimscaler.poll;

import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import java.util.List;
import java.util.Map;

/** How one scrape ended: "no data" is a value of its own. */
public sealed interface ScrapeResult {

    /**
     * A 200 with a readable body.
     *
     * @param series the wanted ones only; may be empty
     * @param names of all that the body has, where they were asked for
     */
    record Scraped(List<SampleLine> series, Map<String, MetricType> names) implements ScrapeResult {

        public Scraped {
            series = List.copyOf(series);
            names = Map.copyOf(names);
        }

        /** Without the names of all others. */
        public Scraped(List<SampleLine> series) {
            this(series, Map.of());
        }
    }

    /**
     * @param reason bounded, for meters
     * @param detail for people: what was expected and what came; holds nothing of the body
     */
    record Failed(ScrapeFailure reason, String detail) implements ScrapeResult {}
}
