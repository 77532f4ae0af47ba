package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What one pod's scrapes of the last minutes say about its work: how the time of a token grew with the number of running
 * requests, how many requests it completes, how fast its queue grows, and whether it is full. Any scaler that watches the pod
 * can read all of this. So a restarted scaler knows the same some minutes later, and two scalers that watch the same pods know
 * the same.
 */
final class WorkHistory {

    /** Fewer scrapes prove nothing. */
    private static final int LEAST_SCRAPES = 3;

    /** Of fewer scrapes it is chance how many ran: an interval goes on until it has them. */
    private static final int LEAST_SCRAPES_OF_AN_INTERVAL = 5;

    /** Scrapes come at their own moments: from so much of a flow window on a pod was watched for all of it. */
    private static final double LEAST_OF_A_WINDOW = 0.9;

    /** One that waits may be a stray: for a tool, a grammar, or the next step. */
    private static final double LEAST_WAITING = 2;

    /** From here on a queue may be waiting for the KV cache rather than for a slot. */
    private static final double KV_BINDS = 0.9;

    /** Of an interval in which next to nothing ran nothing can be told. */
    private static final double LEAST_RUNNING = .5;

    /** No engine generates the tokens of one request faster: a counter that did jumped. */
    private static final double LEAST_SECONDS_PER_TOKEN = .0005;

    /** Of heap; a point of its time has the same instant. */
    private static final long BYTES_OF_A_SCRAPE = 80;

    private static final long BYTES_OF_AN_INTERVAL = 72;

    /**
     * One scrape.
     *
     * @param forRoom how many of those that wait do so for room in this pod
     * @param tokens that were generated since the first one; NaN: not known
     * @param completed requests since the first one; NaN: not known
     */
    record Scrape(
            Instant at,
            double kvUsage,
            double running,
            double waiting,
            double forRoom,
            double tokens,
            double completed) {}

    private record Interval(Instant until, double logRunning, double logSecondsPerToken, double logOther) {}

    /** Every other scrape of the interval at hand. */
    private static final class Half {

        private double running;
        private int scrapes;

        void add(Scrape scrape) {
            running += scrape.running();
            scrapes++;
        }

        double mean() {
            return running / scrapes;
        }
    }

    private final Duration flowWindow;
    private final Duration longestGap;
    private final Duration interval;
    private final Duration remembered;
    private final Deque<Scrape> scrapes = new ArrayDeque<>();
    private final Deque<Interval> intervals = new ArrayDeque<>();
    private final SlidingTotal<Scrape> grown;
    private Instant intervalBegan = Instant.MIN;
    private double tokensThen;
    private Half half = new Half();
    private Half otherHalf = new Half();

    /** What it had in its queue runs, and is more than what comes. */
    private boolean drains;

    /**
     * @param window of at least four poll intervals. A flow is taken over half of it. The batch is taken over a third of it, or five scrapes
     *     if that is longer, for it changes within seconds, and the counters' steps and the moments of our scrapes even out. What was
     *     completed is remembered for five of it, and the intervals, of which many are needed, for 30
     */
    WorkHistory(Duration window) {
        this.flowWindow = flowWindow(window);
        this.longestGap = flowWindow.multipliedBy(4);
        this.interval = window.dividedBy(3);
        this.remembered = window.multipliedBy(30);
        this.grown = new SlidingTotal<>(window.multipliedBy(5));
    }

    /** Over so much of a window a flow is taken. */
    static Duration flowWindow(Duration window) {
        return window.dividedBy(2);
    }

    /** What came before has nothing to do with what comes: the pod's counters began anew. */
    void clear() {
        scrapes.clear();
        grown.clear();
        drains = false;
    }

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return scrapes.size() * BYTES_OF_A_SCRAPE
                + grown.size() * (SlidingTotal.BYTES_OF_A_POINT + BYTES_OF_A_SCRAPE)
                + intervals.size() * BYTES_OF_AN_INTERVAL;
    }

    /** What it says with this scrape. */
    Pace add(Scrape scrape) {
        Instant at = scrape.at();
        if (!scrapes.isEmpty()) {
            Duration gap = Duration.between(scrapes.getLast().at(), at);
            if (gap.isNegative() || gap.isZero() || gap.compareTo(longestGap) > 0) {
                clear();
            } else if (gap.compareTo(flowWindow) > 0) {
                // What ran meanwhile is not known
                begin(scrape);
            }
        }
        if (scrapes.isEmpty()) {
            begin(scrape);
        }
        scrapes.addLast(scrape);
        if (!Double.isNaN(scrape.tokens()) || !Double.isNaN(scrape.completed())) {
            grown.add(at, scrape);
        }
        if (at.isAfter(intervalBegan)) {
            goOn(scrape);
        }
        Instant kept = at.minus(flowWindow);
        while (scrapes.size() > LEAST_SCRAPES && scrapes.getFirst().at().isBefore(kept)) {
            scrapes.removeFirst();
        }
        while (!intervals.isEmpty() && intervals.getFirst().until().isBefore(at.minus(remembered))) {
            intervals.removeFirst();
        }
        double more = scrape.running() - scrapes.getFirst().running();
        drains = hasQueue(scrape) || (drains && (more < 0 || hadQueue()));
        return pace();
    }

    // No streams and no products of durations where each scrape of each pod passes

    private boolean hadQueue() {
        return any(WorkHistory::hasQueue);
    }

    private boolean alwaysHadQueue() {
        return !any(scrape -> !hasQueue(scrape));
    }

    private boolean kvBinds() {
        return any(scrape -> scrape.kvUsage() >= KV_BINDS);
    }

    private static boolean hasQueue(Scrape scrape) {
        return scrape.forRoom() >= LEAST_WAITING;
    }

    private boolean any(Predicate<Scrape> isSo) {
        for (Scrape scrape : scrapes) {
            if (isSo.test(scrape)) {
                return true;
            }
        }
        return false;
    }

    private double mostRunning() {
        double most = 0;
        for (Scrape scrape : scrapes) {
            most = Math.max(most, scrape.running());
        }
        return most;
    }

    private void begin(Scrape scrape) {
        intervalBegan = scrape.at();
        tokensThen = scrape.tokens();
        half = new Half();
        otherHalf = new Half();
        half.add(scrape);
    }

    private void goOn(Scrape scrape) {
        (half.scrapes > otherHalf.scrapes ? otherHalf : half).add(scrape);
        if (half.scrapes + otherHalf.scrapes >= LEAST_SCRAPES_OF_AN_INTERVAL
                && !intervalBegan.plus(interval).isAfter(scrape.at())) {
            close(scrape.at(), scrape.tokens() - tokensThen);
            begin(scrape);
        }
    }

    /**
     * Half of the scrapes say how many ran, and the other half how long a token took. What one half saw by chance the other did not: of
     * the same scrapes, chance alone would look like a cost of the batch.
     */
    private void close(Instant at, double generated) {
        double one = half.mean();
        double other = otherHalf.mean();
        double secondsPerToken = other * seconds(intervalBegan, at) / generated;
        if (one >= LEAST_RUNNING
                && other >= LEAST_RUNNING
                && generated > 0
                && secondsPerToken >= LEAST_SECONDS_PER_TOKEN) {
            intervals.addLast(new Interval(at, Math.log(one), Math.log(secondsPerToken), Math.log(other)));
        }
    }

    private Pace pace() {
        long span = Duration.between(scrapes.getFirst().at(), scrapes.getLast().at())
                .toNanos();
        boolean tooEarly = 3 * span < flowWindow.toNanos();
        boolean young = 3 * span < 2 * flowWindow.toNanos();
        boolean stands = !young && scrapes.size() >= LEAST_SCRAPES && alwaysHadQueue();
        return new Pace(
                batch(),
                !Double.isNaN(scrapes.getLast().completed()),
                tooEarly,
                young,
                Math.min(
                        1,
                        seconds(scrapes.getFirst().at(), scrapes.getLast().at())
                                / (LEAST_OF_A_WINDOW * flowWindow.toNanos() / 1e9)),
                tooEarly ? Double.NaN : aSecond(Scrape::tokens),
                tooEarly ? Double.NaN : aSecond(Scrape::completed),
                grown(Scrape::tokens),
                grown(Scrape::completed),
                tooEarly ? 0 : queueGrowth(),
                stands,
                stands && !kvBinds() ? mostRunning() : 0);
    }

    private Pace.Batch batch() {
        double x = 0;
        double y = 0;
        double z = 0;
        double xx = 0;
        double xy = 0;
        double xz = 0;
        double xxx = 0;
        for (Interval one : intervals) {
            x += one.logRunning;
            y += one.logSecondsPerToken;
            z += one.logOther;
            xz += one.logRunning * one.logOther;
            xx += one.logRunning * one.logRunning;
            xy += one.logRunning * one.logSecondsPerToken;
            xxx += one.logRunning * one.logRunning * one.logRunning;
        }
        return new Pace.Batch(intervals.size(), x, y, z, xx, xy, xz, xxx);
    }

    private double aSecond(ToDoubleFunction<Scrape> count) {
        Scrape oldest = scrapes.getFirst();
        Scrape newest = scrapes.getLast();
        return (count.applyAsDouble(newest) - count.applyAsDouble(oldest)) / seconds(oldest.at(), newest.at());
    }

    /**
     * Requests leave a queue to be worked on, and then they run or are completed. What left it otherwise was not worked off: the pod began
     * anew, or clients gave up. What ran when the queue was gone is worked off as well, for it is more than what comes.
     */
    private double queueGrowth() {
        double growth = 0;
        double running = 0;
        Scrape before = scrapes.getFirst();
        for (Scrape scrape : scrapes) {
            double completed = scrape.completed() - before.completed();
            double ran = scrape.running() - before.running();
            double taken = ran + completed;
            growth += Math.max(scrape.waiting() - before.waiting(), -Math.max(0, Double.isNaN(taken) ? 0 : taken));
            running += Double.isNaN(completed) ? 0 : Math.max(ran, -completed);
            before = scrape;
        }
        return (growth + (drains ? Math.min(0, running) : 0))
                / seconds(scrapes.getFirst().at(), scrapes.getLast().at());
    }

    /** 0 where it is not known. */
    private double grown(ToDoubleFunction<Scrape> count) {
        if (!grown.spansEnough()) {
            return 0;
        }
        double growth = count.applyAsDouble(grown.newest().total())
                - count.applyAsDouble(grown.oldest().total());
        return growth > 0 ? growth : 0;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
