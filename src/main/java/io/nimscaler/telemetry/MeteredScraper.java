package io.nimscaler.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Counts and times every scrape by its outcome: {@code nim_scaler_scrape_duration_seconds{outcome}}. */
public final class MeteredScraper implements Scraper {

    private static final String OK = "ok";

    /** Readable, but without any of the series that were asked for. */
    private static final String NO_METRIC = "no_metric";

    /** From a pod next door to one that hardly answers; the longest timeout of scrapes is beyond. */
    private static final Duration[] BUCKETS = LongStream.of(
                    2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Scraper scraper;
    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new HashMap<>();

    public MeteredScraper(Scraper scraper, MeterRegistry registry) {
        this.scraper = scraper;
        this.registry = registry;
        timer(OK);
        timer(NO_METRIC);
        for (ScrapeFailure failure : ScrapeFailure.values()) {
            timer(failure.label());
        }
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        Timer.Sample started = Timer.start(registry);
        scraper.scrape(request, result -> {
            started.stop(timer(outcome(result)));
            done.accept(result);
        });
    }

    private static String outcome(ScrapeResult result) {
        return switch (result) {
            case ScrapeResult.Scraped(var series, var _) -> series.isEmpty() ? NO_METRIC : OK;
            case ScrapeResult.Failed(ScrapeFailure reason, String _) -> reason.label();
        };
    }

    private Timer timer(String outcome) {
        return timers.computeIfAbsent(
                outcome,
                value -> Timer.builder("nim_scaler.scrape.duration")
                        .description(
                                "Duration of a scrape of a pod, from the connection to the end of the body, by outcome")
                        .tag("outcome", value)
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }
}
