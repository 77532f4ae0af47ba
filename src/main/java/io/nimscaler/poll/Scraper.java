package io.nimscaler.poll;

import java.util.function.Consumer;

/** Port: gets the bytes of the metrics endpoint of one pod or wake source and reads the wanted series out of them. */
@FunctionalInterface
public interface Scraper {

    /**
     * Asks once. Never blocks and never throws for what the other side does: every end, the deadline among them, is one
     * call of {@code done} on the thread that owns the scalers.
     */
    void scrape(ScrapeRequest request, Consumer<ScrapeResult> done);
}
