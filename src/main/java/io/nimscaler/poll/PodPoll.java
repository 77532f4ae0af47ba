package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.signal.EngineSleep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * When and on which path one endpoint is asked. Each endpoint has its own moment within the interval, by a hash, so that the
 * scrapes of a fleet spread evenly. At most one request is open. After a slow answer a turn is left out, and no queue grows. If
 * the interval is long, a new endpoint is asked at once, and once more for signals that are a difference of two scrapes.
 *
 * <p>Of several candidate paths, the one that last gave the metric is asked first. Only an answer that may mean a wrong path
 * leads to the other paths at once. A pod that refuses the connection refuses it on every path.
 */
final class PodPoll {

    /** At first sight within this. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    /** The second time after this, if not before: a rate or a latency then spans enough for a value (15 s). */
    private static final Duration ONCE_MORE = Duration.ofSeconds(16);

    /** A body without anything wanted is looked over for what it has instead, so that it can be said; that is slow. */
    private static final Duration SURVEY_EVERY = Duration.ofMinutes(1);

    private static final Duration SELDOM = Duration.ofMinutes(1);

    /** Whatever is wrong with what is read seldom, it costs one scrape more an hour. */
    private static final Duration SELDOM_AFTER_A_FAILURE = Duration.ofHours(1);

    private final Endpoint endpoint;
    private final Phase phase;
    private final NamesInUse names;
    private PollRequest request;
    private MetricNames wanted;
    private Instant due;
    private boolean wasAsked;
    private boolean underWay;
    private Optional<String> learned = Optional.empty();
    private boolean blind;
    private Instant surveyDue = Instant.MIN;
    private Instant seldomDue;

    /**
     * @param wanted those of the request, which many endpoints share
     */
    PodPoll(Endpoint endpoint, PollRequest request, MetricNames wanted, NamesInUse names, Instant now) {
        this.endpoint = endpoint;
        this.names = names;
        this.phase = Phase.of(endpoint.podUid());
        this.request = request;
        this.wanted = wanted;
        this.due = earlier(nextInPhase(now), now.plusMillis(phase.within(AT_ONCE)));
        this.seldomDue = now.plusMillis(phase.within(SELDOM));
    }

    /** When it is looked at next, and asked if it does not still owe an answer. */
    Instant due() {
        return due;
    }

    /**
     * Takes over what the askers want now.
     *
     * @return whether it may be due at another time now
     */
    boolean want(PollRequest newRequest, MetricNames newWanted, Instant now) {
        boolean anotherInterval = !newRequest.interval().equals(request.interval());
        request = newRequest;
        wanted = newWanted;
        if (anotherInterval) {
            due = earlier(due, nextInPhase(now));
        }
        return anotherInterval;
    }

    /** Asks if it is time. {@code delivery} gets one result for it, on the owner's thread. */
    void pollIfDue(Instant now, Scraper scraper, Consumer<Polled> delivery) {
        if (now.isBefore(due)) {
            return;
        }
        due = wasAsked ? nextInPhase(now) : earlier(nextInPhase(now), now.plus(ONCE_MORE));
        wasAsked = true;
        if (!underWay) {
            underWay = true;
            boolean survey = blind && !now.isBefore(surveyDue);
            surveyDue = survey ? now.plus(SURVEY_EVERY) : surveyDue;
            boolean seldom =
                    !survey && !now.isBefore(seldomDue) && !request.seldom().isEmpty();
            seldomDue = seldom ? now.plus(SELDOM) : seldomDue;
            MetricNames looked = survey ? wanted.surveyed() : seldom ? names.allOf(request) : wanted;
            List<String> candidates = endpoint.path().candidates();
            String first = learned.orElse(candidates.getFirst());
            List<String> others = candidates.size() == 1
                    ? List.of()
                    : candidates.stream().filter(path -> !path.equals(first)).toList();
            ask(scraper, looked, first, others, Optional.empty(), polled -> {
                if (seldom && isTheBodysFault(polled.result())) {
                    seldomDue = now.plus(SELDOM_AFTER_A_FAILURE);
                    underWay = true;
                    ask(scraper, wanted, first, others, Optional.empty(), delivery);
                } else {
                    delivery.accept(polled);
                }
            });
        }
    }

    /** It may be that of what is read seldom, for which no pod shall be missing. */
    private static boolean isTheBodysFault(ScrapeResult result) {
        return result instanceof Failed(ScrapeFailure reason, String _)
                && (reason == ScrapeFailure.MALFORMED || reason == ScrapeFailure.TOO_LARGE);
    }

    private void ask(
            Scraper scraper,
            MetricNames names,
            String path,
            List<String> others,
            Optional<Polled> before,
            Consumer<Polled> delivery) {
        scraper.scrape(
                new ScrapeRequest(endpoint.scheme(), endpoint.host(), endpoint.port(), path, endpoint.auth(), names),
                result -> {
                    Polled best = moreTelling(before, new Polled(endpoint, List.of(path), result));
                    if (!others.isEmpty() && mayBeTheWrongPath(result)) {
                        List<String> rest = others.subList(1, others.size());
                        ask(scraper, names, others.getFirst(), rest, Optional.of(best), delivery);
                        return;
                    }
                    if (hasMetric(result)) {
                        learned = Optional.of(path);
                    }
                    underWay = false;
                    blind = best.result() instanceof Scraped(var series, var _)
                            && !request.isAnsweredBy(EngineSleep.without(series));
                    delivery.accept(best);
                });
    }

    private boolean mayBeTheWrongPath(ScrapeResult result) {
        return switch (result) {
            case Scraped(var series, var _) -> !request.isAnsweredBy(series);
            case Failed(ScrapeFailure reason, String _) ->
                switch (reason) {
                    case NOT_FOUND -> true;
                    // An engine with an API key answers 401 for any unknown path below /v1
                    case STATUS, REDIRECT, MALFORMED -> learned.isEmpty();
                    default -> false;
                };
        };
    }

    /** The result to go by: one with the metric, else one that was readable, else the latest that is not just a 404. */
    private Polled moreTelling(Optional<Polled> before, Polled now) {
        if (before.isEmpty() || hasMetric(now.result())) {
            return now;
        }
        Polled earlier = before.get();
        if (earlier.result().equals(now.result())) {
            List<String> paths = new ArrayList<>(earlier.paths());
            paths.addAll(now.paths());
            return new Polled(endpoint, paths, now.result());
        }
        return weight(earlier.result()) > weight(now.result()) ? earlier : now;
    }

    private static int weight(ScrapeResult result) {
        return switch (result) {
            case Scraped _ -> 2;
            case Failed(ScrapeFailure reason, String _) -> reason == ScrapeFailure.NOT_FOUND ? 0 : 1;
        };
    }

    private boolean hasMetric(ScrapeResult result) {
        return result instanceof Scraped(var series, var _) && request.isAnsweredBy(series);
    }

    private Instant nextInPhase(Instant now) {
        return phase.next(now, request.interval());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
