package io.nimscaler.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A scraper on an event loop of its own. Closing it checks that each scrape ended exactly once, where it was asked. */
final class Asker {

    static final ScrapeSettings PATIENT = new ScrapeSettings(Duration.ofSeconds(20), Duration.ofMinutes(5), limits());
    static final ScrapeSettings HASTY = new ScrapeSettings(Duration.ofSeconds(1), Duration.ofMinutes(5), limits());
    static final PodAuth NO_AUTH = new PodAuth("nim", Optional.empty());
    static final String GAUGE = "gpu_cache_usage_perc";

    private final Vertx vertx;
    private final Context owner;
    private final VertxScraper scraper;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger astray = new AtomicInteger();

    Asker(Vertx vertx, ScrapeSettings settings) {
        this(vertx, settings, PodAuths.NONE);
    }

    Asker(Vertx vertx, ScrapeSettings settings, PodAuths auths) {
        this(vertx, new VertxScraper(vertx, settings, auths));
    }

    /** One whose names resolve as the test says. */
    Asker(Vertx vertx, ScrapeSettings settings, Names.Lookup lookup) {
        this(vertx, new VertxScraper(vertx, settings, PodAuths.NONE, lookup));
    }

    private Asker(Vertx vertx, VertxScraper scraper) {
        this.vertx = vertx;
        this.owner = vertx.getOrCreateContext();
        this.scraper = scraper;
    }

    static ReadLimits limits() {
        return new ReadLimits(100_000, 1_000, 8, 4);
    }

    CompletableFuture<ScrapeResult> asking(ScrapeRequest request) {
        CompletableFuture<ScrapeResult> result = new CompletableFuture<>();
        asked.incrementAndGet();
        owner.runOnContext(_ -> {
            boolean[] returned = new boolean[1];
            scraper.scrape(request, ended -> {
                answered.incrementAndGet();
                if (Vertx.currentContext() != owner || !returned[0]) {
                    astray.incrementAndGet();
                }
                result.complete(ended);
            });
            returned[0] = true;
        });
        return result;
    }

    ScrapeResult ask(ScrapeRequest request) throws Exception {
        return asking(request).get(30, TimeUnit.SECONDS);
    }

    ScrapeResult ask(int port) throws Exception {
        return ask(request(port, "/metrics"));
    }

    void onOwner(Runnable action) {
        owner.runOnContext(_ -> action.run());
    }

    static ScrapeRequest request(int port, String path) {
        return request("127.0.0.1", port, path);
    }

    static ScrapeRequest request(String host, int port, String path) {
        return new ScrapeRequest(Scheme.HTTP, host, port, path, NO_AUTH, MetricNames.of(List.of(GAUGE)));
    }

    static void assertValue(ScrapeResult result, double value) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Scraped.class,
                        scraped -> assertThat(scraped.series())
                                .singleElement()
                                .satisfies(series -> assertThat(series.value()).isEqualTo(value)));
    }

    static void assertFailed(ScrapeResult result, ScrapeFailure reason, String detail) {
        assertThat(result).isEqualTo(new Failed(reason, detail));
    }

    VertxScraper scraper() {
        return scraper;
    }

    void close() throws Exception {
        scraper.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(answered).hasValue(asked.get());
        assertThat(astray).hasValue(0);
    }
}
