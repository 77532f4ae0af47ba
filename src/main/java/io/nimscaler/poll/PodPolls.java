package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The polls of pods that several askers share: however many look at an endpoint, it is asked once, at the shortest of their intervals. */
public final class PodPolls {

    /** Gets what an endpoint answered. A sample is as old as its question, for the pod may have taken its time over the answer. */
    @FunctionalInterface
    public interface Delivery {

        void deliver(Polled polled, Instant askedAt);
    }

    private final Map<Endpoint, PodPoll> polls = new HashMap<>();

    /** Of what is wanted now. It is said every second and changes with an edit. */
    private Map<PollRequest, MetricNames> names = Map.of();

    /** From now on these endpoints are asked, each for this, and no others. */
    public void want(Map<Endpoint, PollRequest> requests, Instant now) {
        polls.keySet().retainAll(requests.keySet());
        Map<PollRequest, MetricNames> before = names;
        Map<PollRequest, MetricNames> present = new HashMap<>();
        requests.forEach((endpoint, request) -> {
            MetricNames wanted = present.computeIfAbsent(request, made -> {
                MetricNames known = before.get(made);
                return known == null ? made.metricNames() : known;
            });
            polls.computeIfAbsent(endpoint, e -> new PodPoll(e, request, wanted, now))
                    .want(request, wanted, now);
        });
        names = present;
    }

    /** Asks those that are due. {@code delivery} gets one result for each of them, on the owner's thread. */
    public void pollIfDue(Instant now, Scraper scraper, Delivery delivery) {
        polls.values().forEach(poll -> poll.pollIfDue(now, scraper, polled -> delivery.deliver(polled, now)));
    }
}
