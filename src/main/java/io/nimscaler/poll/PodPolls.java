package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The polls of pods that several triggers share. An endpoint is asked once in the shortest of their intervals, however many read
 * it.
 */
public final class PodPolls {

    /** Gets what an endpoint answered. A sample is as old as its question, for the pod may have taken its time over the answer. */
    @FunctionalInterface
    public interface Delivery {

        void deliver(Polled polled, Instant askedAt);
    }

    /**
     * As many are asked at once. After a pause of the process all of thousands are due; their answers have to be read in between, or they
     * are too late.
     */
    static final int MOST_AT_ONCE = 200;

    private final NamesInUse names;
    private final Map<Endpoint, PodPoll> polls = new HashMap<>();

    /** In the order in which they are due: what is not due is not looked at. */
    private final PriorityQueue<PodPoll> turns = new PriorityQueue<>(Comparator.comparing(PodPoll::due));

    /**
     * @param names which all that are asked share
     */
    public PodPolls(NamesInUse names) {
        this.names = names;
    }

    /** From now on these endpoints are asked, each for this, and no others. */
    public void want(Map<Endpoint, PollRequest> requests, Instant now) {
        boolean changed = polls.keySet().retainAll(requests.keySet());
        Map<PollRequest, MetricNames> wantedOf = new HashMap<>();
        for (Map.Entry<Endpoint, PollRequest> each : requests.entrySet()) {
            PollRequest request = each.getValue();
            MetricNames wanted = wantedOf.computeIfAbsent(request, names::of);
            PodPoll poll = polls.get(each.getKey());
            if (poll == null) {
                polls.put(each.getKey(), new PodPoll(each.getKey(), request, wanted, names, now));
                changed = true;
            } else {
                changed |= poll.want(request, wanted, now);
            }
        }
        if (changed) {
            turns.clear();
            turns.addAll(polls.values());
        }
    }

    /** When one is due next; {@link Instant#MAX}: there is none. */
    public Instant due() {
        PodPoll next = turns.peek();
        return next == null ? Instant.MAX : next.due();
    }

    /**
     * Asks those that are due, the longest due first, up to {@link #MOST_AT_ONCE}; the others stay due. {@code delivery} gets one result for
     * each of them, on the owner's thread.
     */
    public void pollIfDue(Instant now, Scraper scraper, Delivery delivery) {
        for (int asked = 0; asked < MOST_AT_ONCE && !now.isBefore(due()); asked++) {
            PodPoll poll = turns.remove();
            try {
                poll.pollIfDue(now, scraper, polled -> delivery.deliver(polled, now));
            } finally {
                turns.add(poll);
            }
        }
    }
}
