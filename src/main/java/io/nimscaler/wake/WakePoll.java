package io.nimscaler.wake;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.PollRequest;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When one wake source is asked, and its answer. At most one request is open. */
final class WakePoll {

    private final WakeSource source;
    private final ScrapeRequest request;
    private WakeDemand demand;
    private Instant wantedUntil = Instant.MIN;
    private Instant due = Instant.MIN;
    private boolean underWay;

    WakePoll(WakeSource source) {
        this.source = source;
        this.request = new ScrapeRequest(
                source.scheme(),
                source.host(),
                source.port(),
                source.path(),
                PodAuth.ofOperator(source.podAuth()),
                MetricNames.of(List.of(source.metric().series())));
        this.demand = new WakeDemand(source.metric());
    }

    WakeSource source() {
        return source;
    }

    Wake wake(Optional<String> model, Duration awakeFor, Instant now) {
        want(now);
        return demand.wake(source.name(), model, awakeFor, source.staleAfter(), now);
    }

    Wake present(Optional<String> model, Instant now) {
        want(now);
        return demand.present(source.name(), model, source.staleAfter(), now);
    }

    private void want(Instant now) {
        if (wantedUntil.isBefore(now)) {
            // What was counted while no trigger asked is no demand of now
            demand = new WakeDemand(source.metric());
        }
        wantedUntil = now.plus(PollRequest.WANTED_FOR);
    }

    /** When it is asked next if it does not still owe an answer; {@link Instant#MAX}: not before a trigger wants it again. */
    Instant due(Instant now) {
        return wantedUntil.isBefore(now) || wantedUntil.isBefore(due) ? Instant.MAX : due;
    }

    void pollIfDue(Instant now, Scraper scraper) {
        if (underWay || now.isBefore(due) || wantedUntil.isBefore(now)) {
            return;
        }
        due = now.plus(source.pollInterval());
        underWay = true;
        WakeDemand asked = demand;
        scraper.scrape(request, result -> {
            underWay = false;
            switch (result) {
                case ScrapeResult.Scraped(var series, var _) -> asked.take(series, now);
                case ScrapeResult.Failed(ScrapeFailure reason, String detail) ->
                    asked.fail(reason.label() + ": " + detail);
            }
        });
    }
}
