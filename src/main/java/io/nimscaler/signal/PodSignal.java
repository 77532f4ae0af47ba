package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.time.Instant;
import java.util.List;

/** One signal of one pod from scrape to scrape. It keeps what it needs of earlier scrapes. Not thread-safe. */
@FunctionalInterface
public interface PodSignal {

    /**
     * What the pod's latest body says.
     *
     * @param body the series of {@link Signal#seriesNames()}, and possibly others
     * @param scrapedAt our own time of the scrape, later than that of the one before
     */
    Measurement read(List<SampleLine> body, Instant scrapedAt);

    /** Of heap, what it keeps now of what the pod said and the pod can make larger: in bytes, within a quarter. */
    default long keptBytes() {
        return 0;
    }
}
