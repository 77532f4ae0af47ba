package io.nimscaler.load;

import java.util.Locale;
import java.util.Optional;

/** What a run is held against with {@code load.check}. No bound is a time: they hold on any machine. */
final class Check {

    /** Half of what calls that wait for a burst of decisions each second have. */
    private static final double MOST_TAIL = 15;

    /** One and a half times what 20x2/1s@300 allocates, where a scrape's share of the calls and decisions is the most of it. */
    private static final double MOST_KILOBYTES_PER_SCRAPE = 220;

    private Check() {}

    /**
     * What is wrong with a run; empty: nothing.
     *
     * @param failed calls
     * @param tail p99 over p50; NaN: no call was answered
     * @param kilobytesPerScrape NaN: not known
     */
    static Optional<String> objectionTo(Case load, int failed, double tail, double kilobytesPerScrape) {
        // Where calls are made and none is answered there is no tail, and a check of nothing would pass
        boolean answers = load.calls().isEmpty() || tail <= MOST_TAIL;
        return failed == 0 && answers && kilobytesPerScrape <= MOST_KILOBYTES_PER_SCRAPE
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "expected no failed call, p99/p50 of at most %.0f and at most %.0f kB a scrape, got %d, %.1f and %.0f",
                        MOST_TAIL,
                        MOST_KILOBYTES_PER_SCRAPE,
                        failed,
                        tail,
                        kilobytesPerScrape));
    }
}
