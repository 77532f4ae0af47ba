package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * What one pod's scrapes of the last minutes say of how it works: how the time of a token grew with the number of requests that ran, how
 * many requests it completes, how fast its queue grows. All of it can be read again by whoever begins to watch the pod, so a scaler that
 * restarts knows the same five minutes later, and two that watch the same pods know the same.
 */
final class WorkHistory {

    /** The batch changes within seconds, the counters' steps and the moments of our scrapes even out over this. */
    static final Duration INTERVAL = Duration.ofSeconds(20);

    /** As long as a downscale window by default. */
    static final Duration REMEMBERED = Duration.ofMinutes(5);

    static final Duration FLOW_WINDOW = Duration.ofSeconds(30);

    /** In seconds: over less no flow can be told. */
    private static final double LEAST_SPAN = 10;

    private static final int LEAST_SCRAPES = 4;

    /** From here on a queue may be waiting for the KV cache rather than for a slot. */
    private static final double KV_BINDS = 0.9;

    /** Of an interval in which next to nothing ran nothing can be told. */
    private static final double LEAST_RUNNING = .5;

    private record Scrape(
            Instant at, double kvUsage, double running, double waiting, double tokens, double completed) {}

    private record Interval(Instant until, double logRunning, double logSecondsPerToken) {}

    private final Deque<Scrape> scrapes = new ArrayDeque<>();
    private final Deque<Interval> intervals = new ArrayDeque<>();
    private Instant intervalBegan = Instant.MIN;

    /**
     * @param kvUsage used share of the KV cache
     * @param tokens that were generated since the pod started; empty: it does not say
     * @param completed requests since then; empty: it does not say
     */
    Pace add(
            Instant at,
            double kvUsage,
            double running,
            double waiting,
            OptionalDouble tokens,
            OptionalDouble completed) {
        Scrape scrape =
                new Scrape(at, kvUsage, running, waiting, tokens.orElse(Double.NaN), completed.orElse(Double.NaN));
        boolean outOfOrder = !scrapes.isEmpty() && !scrapes.getLast().at().isBefore(at);
        boolean reset = !scrapes.isEmpty()
                && (scrape.tokens < scrapes.getLast().tokens || scrape.completed < scrapes.getLast().completed);
        boolean gap =
                !scrapes.isEmpty() && scrapes.getLast().at().plus(FLOW_WINDOW).isBefore(at);
        if (outOfOrder || reset || gap) {
            scrapes.clear();
        }
        if (scrapes.isEmpty()) {
            intervalBegan = at;
        }
        scrapes.addLast(scrape);
        if (!intervalBegan.plus(INTERVAL).isAfter(at)) {
            close(at);
        }
        Instant kept = at.minus(FLOW_WINDOW);
        while (scrapes.getFirst().at().isBefore(kept)) {
            scrapes.removeFirst();
        }
        while (!intervals.isEmpty() && intervals.getFirst().until().isBefore(at.minus(REMEMBERED))) {
            intervals.removeFirst();
        }
        return pace();
    }

    private void close(Instant at) {
        double runningSeconds = 0;
        Scrape before = scrapes.getFirst();
        double tokens = Double.NaN;
        for (Scrape scrape : scrapes) {
            if (scrape.at().isBefore(intervalBegan)) {
                continue;
            }
            if (Double.isNaN(tokens)) {
                tokens = scrape.tokens;
            } else {
                runningSeconds += (before.running + scrape.running) / 2 * seconds(before.at(), scrape.at());
            }
            before = scrape;
        }
        double running = runningSeconds / seconds(intervalBegan, at);
        double generated = before.tokens - tokens;
        if (running >= LEAST_RUNNING && generated > 0) {
            intervals.addLast(new Interval(at, Math.log(running), Math.log(runningSeconds / generated)));
        }
        intervalBegan = at;
    }

    private Pace pace() {
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (Interval interval : intervals) {
            x += interval.logRunning;
            y += interval.logSecondsPerToken;
            xx += interval.logRunning * interval.logRunning;
            xy += interval.logRunning * interval.logSecondsPerToken;
        }
        Scrape oldest = scrapes.getFirst();
        Scrape newest = scrapes.getLast();
        double span = seconds(oldest.at(), newest.at());
        boolean spansEnough = span >= LEAST_SPAN;
        return new Pace(
                intervals.size(),
                x,
                y,
                xx,
                xy,
                !Double.isNaN(newest.completed) && !spansEnough,
                spansEnough ? completedASecond(oldest, newest, span) : Double.NaN,
                spansEnough ? (newest.waiting - oldest.waiting) / span : 0,
                spansEnough ? limitOfRunning() : 0);
    }

    /** The most that ran while requests waited all the time, and not for the KV cache: one request that waits for a moment proves nothing. */
    private double limitOfRunning() {
        return scrapes.size() >= LEAST_SCRAPES
                        && scrapes.stream().allMatch(scrape -> scrape.waiting > 0 && scrape.kvUsage < KV_BINDS)
                ? scrapes.stream().mapToDouble(Scrape::running).max().orElse(0)
                : 0;
    }

    /** Tokens flow evenly where requests end now and then; what a request has of them is known since the pod started. */
    private static double completedASecond(Scrape oldest, Scrape newest, double span) {
        return newest.tokens > 0 && newest.completed > 0
                ? (newest.tokens - oldest.tokens) / span * newest.completed / newest.tokens
                : (newest.completed - oldest.completed) / span;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
