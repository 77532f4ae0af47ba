package io.nimscaler.signal;

import java.time.Duration;
import java.time.Instant;

/**
 * What one pod's scrapes of the last minutes say about its work: how many requests it completes, how fast its queue grows, and whether it is
 * full. {@link BatchHistory} says how the time of a token grew with the number of running requests. Any scaler that watches the pod
 * can read all of this. So a restarted scaler knows the same some minutes later, and two scalers that watch the same pods know
 * the same.
 */
final class WorkHistory {

    /** Fewer scrapes prove nothing. */
    private static final int LEAST_SCRAPES = 3;

    /** Scrapes come at their own moments: from so much of a flow window on a pod was watched for all of it. */
    private static final double LEAST_OF_A_WINDOW = 0.9;

    /** One that waits may be a stray: for a tool, a grammar, or the next step. */
    private static final double LEAST_WAITING = 2;

    /** From here on a queue may be waiting for the KV cache rather than for a slot. */
    private static final double KV_BINDS = 0.9;

    /** In windows. Pods that are alike are not equally full at any moment: where there are few slots, that lasts for a minute or two. */
    private static final double HALF_LIFE = 2;

    /** Columns of the scrapes; what was counted since the first one is NaN where it is not known. */
    private static final int KV_USAGE = 0;

    private static final int RUNNING = 1;
    private static final int WAITING = 2;
    private static final int FOR_ROOM = 3;
    private static final int TOKENS = 4;
    private static final int COMPLETED = 5;

    /** Columns of what was counted within all that is remembered. */
    private static final int TOKENS_GROWN = 0;

    private static final int COMPLETED_GROWN = 1;
    private static final int PROMPTS_GROWN = 2;

    private final long flowWindow;
    private final long longestGap;
    private final Ring scrapes = new Ring(6);
    private final SlidingCounts grown;
    private final BatchHistory batch;
    private final double halfLife;
    private Pace.Lately lately = Pace.Lately.UNKNOWN;

    /** What it had in its queue runs, and is more than what comes. */
    private boolean drains;

    /**
     * @param window of at least four poll intervals. A flow is taken over half of it. What was completed is remembered for five of it. How
     *     full the pod is has a half-life of two of it
     */
    WorkHistory(Duration window) {
        this.flowWindow = flowWindow(window).toNanos();
        this.longestGap = 4 * flowWindow;
        this.halfLife = HALF_LIFE * window.toNanos();
        this.grown = new SlidingCounts(window.multipliedBy(5), 3);
        this.batch = new BatchHistory(window);
    }

    /** Over so much of a window a flow is taken. */
    static Duration flowWindow(Duration window) {
        return window.dividedBy(2);
    }

    /** What came before has nothing to do with what comes: the pod's counters began anew. How full it was begins with the next scrape. */
    void clear() {
        scrapes.clear();
        grown.clear();
        drains = false;
    }

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return scrapes.keptBytes() + grown.keptBytes() + batch.keptBytes();
    }

    /**
     * What it says with this scrape.
     *
     * @param forRoom how many of those that wait do so for room in this pod
     * @param tokens that were generated since the first one; NaN: not known
     * @param prompts tokens of prompts that were read since the first one; NaN: not known
     * @param completed requests since the first one; NaN: not known
     */
    Pace add(
            Instant scrapedAt,
            double kvUsage,
            double running,
            double waiting,
            double forRoom,
            double tokens,
            double prompts,
            double completed) {
        long at = Ring.nanos(scrapedAt);
        long gap = scrapes.isEmpty() ? 0 : at - scrapes.newestAt();
        if (gap <= 0 || gap > longestGap) {
            clear();
        }
        lately = lately.with(scrapes.isEmpty() ? 0 : Math.pow(2, -gap / halfLife), kvUsage, running, waiting);
        // Of a longer gap it is not known what ran
        batch.add(at, scrapes.isEmpty() || gap > flowWindow, running, tokens);
        scrapes.add(at, kvUsage, running, waiting, forRoom, tokens, completed);
        if (!Double.isNaN(tokens) || !Double.isNaN(completed)) {
            grown.add(at, tokens, completed, prompts);
        }
        while (scrapes.size() > LEAST_SCRAPES && at - scrapes.at(0) > flowWindow) {
            scrapes.removeFirst();
        }
        boolean hadQueue = scrapes.most(FOR_ROOM) >= LEAST_WAITING;
        drains = forRoom >= LEAST_WAITING || (drains && (scrapes.growth(RUNNING) < 0 || hadQueue));
        return pace();
    }

    private Pace pace() {
        long span = scrapes.span();
        double seconds = span / 1e9;
        boolean tooEarly = 3 * span < flowWindow;
        boolean young = 3 * span < 2 * flowWindow;
        boolean stands = !young && scrapes.size() >= LEAST_SCRAPES && scrapes.least(FOR_ROOM) >= LEAST_WAITING;
        return new Pace(
                batch.all(),
                batch.inParts(),
                countsCompleted(),
                tooEarly,
                young,
                Math.min(1, seconds / (LEAST_OF_A_WINDOW * flowWindow / 1e9)),
                tooEarly ? Double.NaN : scrapes.growth(TOKENS) / seconds,
                tooEarly ? Double.NaN : scrapes.growth(COMPLETED) / seconds,
                grown(TOKENS_GROWN),
                grown(PROMPTS_GROWN),
                grown(COMPLETED_GROWN),
                isComparable(),
                tooEarly ? 0 : queueGrowth() / seconds,
                stands,
                !young && isStill(),
                lately,
                stands && scrapes.most(KV_USAGE) < KV_BINDS ? Math.max(0, scrapes.most(RUNNING)) : 0);
    }

    /** Has requests, and generates and completes nothing; unknown counts may move. */
    private boolean isStill() {
        int newest = scrapes.size() - 1;
        return scrapes.size() >= LEAST_SCRAPES
                && scrapes.get(newest, RUNNING) + scrapes.get(newest, WAITING) > 0
                && isSame(TOKENS)
                && isSame(COMPLETED)
                && isSame(RUNNING)
                && isSame(WAITING)
                && isSame(KV_USAGE);
    }

    private boolean isSame(int column) {
        return scrapes.least(column) == scrapes.most(column);
    }

    /**
     * Requests leave a queue to be worked on, and then they run or are completed. What left it otherwise was not worked off: the pod began
     * anew, or clients gave up. What ran when the queue was gone is worked off as well, for it is more than what comes.
     */
    private double queueGrowth() {
        double growth = 0;
        double running = 0;
        for (int row = 1; row < scrapes.size(); row++) {
            double completed = more(row, COMPLETED);
            double ran = more(row, RUNNING);
            double taken = ran + completed;
            growth += Math.max(more(row, WAITING), -Math.max(0, Double.isNaN(taken) ? 0 : taken));
            running += Double.isNaN(completed) ? 0 : Math.max(ran, -completed);
        }
        return growth + (drains ? Math.min(0, running) : 0);
    }

    /** Than at the scrape before. */
    private double more(int row, int column) {
        return scrapes.get(row, column) - scrapes.get(row - 1, column);
    }

    /** Whether what it completed within all that is remembered is known, and comes up to what another pod completed. */
    private boolean isComparable() {
        return grown.spans(LEAST_OF_A_WINDOW) && !Double.isNaN(grown.growth(COMPLETED_GROWN)) && countsCompleted();
    }

    private boolean countsCompleted() {
        return !Double.isNaN(scrapes.get(scrapes.size() - 1, COMPLETED));
    }

    /** 0 where it is not known. */
    private double grown(int column) {
        double growth = grown.spansEnough() ? grown.growth(column) : 0;
        return growth > 0 ? growth : 0;
    }
}
