package io.nimscaler.signal;

import java.time.Duration;

/**
 * How the time of a token grew with the number of running requests, in one pod within the last half hour: by intervals, of each of which
 * it is known how many ran and how long a token took.
 */
final class BatchHistory {

    /** Of fewer scrapes it is chance how many ran: an interval goes on until it has them. */
    private static final int LEAST_SCRAPES = 5;

    /** Of an interval in which next to nothing ran nothing can be told. */
    private static final double LEAST_RUNNING = .5;

    /** No engine generates the tokens of one request faster: a counter that did jumped. */
    private static final double LEAST_SECONDS_PER_TOKEN = .0005;

    /** Columns of the intervals. */
    private static final int LOG_RUNNING = 0;

    private static final int LOG_SECONDS_PER_TOKEN = 1;
    private static final int LOG_OTHER = 2;

    /** Every other scrape of the interval at hand. */
    private static final class Half {

        private double sum;
        private int scrapes;

        void clear() {
            sum = 0;
            scrapes = 0;
        }

        void add(double running) {
            sum += running;
            scrapes++;
        }

        double mean() {
            return sum / scrapes;
        }
    }

    private final long interval;
    private final long part;
    private final long remembered;
    private final Ring intervals = new Ring(3);
    private final Half half = new Half();
    private final Half otherHalf = new Half();
    private Pace.Batch all = Pace.Batch.UNKNOWN;
    private Pace.Batch inParts = Pace.Batch.UNKNOWN;
    private long began;
    private double tokensThen;

    /**
     * @param window an interval is a third of it, or five scrapes if that is longer: the batch changes within seconds, and the counters'
     *     steps and the moments of our scrapes even out. Intervals, of which many are needed, are remembered for 30 of it, in parts of five
     */
    BatchHistory(Duration window) {
        this.interval = window.dividedBy(3).toNanos();
        this.part = window.multipliedBy(5).toNanos();
        this.remembered = window.multipliedBy(30).toNanos();
    }

    /** See {@link PodSignal#keptBytes}. */
    long keptBytes() {
        return intervals.keptBytes();
    }

    /** Of the whole half hour. */
    Pace.Batch all() {
        return all;
    }

    /** Of its parts of five minutes, each compared with itself only. */
    Pace.Batch inParts() {
        return inParts;
    }

    /**
     * Takes a scrape.
     *
     * @param at in the nanoseconds of {@link Ring}
     * @param anew what came before the scrape has nothing to do with it
     * @param tokens that were generated so far; NaN: not known
     */
    void add(long at, boolean anew, double running, double tokens) {
        if (anew) {
            begin(at, running, tokens);
        } else {
            goOn(at, running, tokens);
        }
        while (!intervals.isEmpty() && at - intervals.at(0) > remembered) {
            intervals.removeFirst();
            learn();
        }
    }

    private void begin(long at, double running, double tokens) {
        began = at;
        tokensThen = tokens;
        half.clear();
        otherHalf.clear();
        half.add(running);
    }

    private void goOn(long at, double running, double tokens) {
        (half.scrapes > otherHalf.scrapes ? otherHalf : half).add(running);
        if (half.scrapes + otherHalf.scrapes >= LEAST_SCRAPES && at - began >= interval) {
            close(at, tokens - tokensThen);
            begin(at, running, tokens);
        }
    }

    /**
     * Half of the scrapes say how many ran, and the other half how long a token took. What one half saw by chance the other did not: of
     * the same scrapes, chance alone would look like a cost of the batch.
     */
    private void close(long at, double generated) {
        double one = half.mean();
        double other = otherHalf.mean();
        double secondsPerToken = other * ((at - began) / 1e9) / generated;
        if (one >= LEAST_RUNNING
                && other >= LEAST_RUNNING
                && generated > 0
                && secondsPerToken >= LEAST_SECONDS_PER_TOKEN) {
            intervals.add(at, Math.log(one), Math.log(secondsPerToken), Math.log(other));
            learn();
        }
    }

    private void learn() {
        all = intervals.isEmpty() ? Pace.Batch.UNKNOWN : moments(0, intervals.size());
        inParts = Pace.Batch.UNKNOWN;
        int end = 0;
        for (int begin = 0; begin < intervals.size(); begin = end) {
            end = endOfPart(begin);
            inParts = inParts.plus(moments(begin, end));
        }
    }

    /** The parts are those of a clock: whoever watches the pod has the same. */
    private int endOfPart(int begin) {
        long number = Math.floorDiv(intervals.at(begin), part);
        int end = begin + 1;
        while (end < intervals.size() && Math.floorDiv(intervals.at(end), part) == number) {
            end++;
        }
        return end;
    }

    /** Of the intervals from one row to the one before another, at least one. */
    private Pace.Batch moments(int begin, int end) {
        double x = mean(LOG_RUNNING, begin, end);
        double y = mean(LOG_SECONDS_PER_TOKEN, begin, end);
        double z = mean(LOG_OTHER, begin, end);
        double variance = 0;
        double covariance = 0;
        double seenTwice = 0;
        double thirdMoment = 0;
        for (int row = begin; row < end; row++) {
            double ofX = intervals.get(row, LOG_RUNNING) - x;
            variance += ofX * ofX;
            covariance += ofX * (intervals.get(row, LOG_SECONDS_PER_TOKEN) - y);
            seenTwice += ofX * (intervals.get(row, LOG_OTHER) - z);
            thirdMoment += ofX * ofX * ofX;
        }
        return new Pace.Batch(end - begin, variance, variance * x, covariance, seenTwice, thirdMoment);
    }

    private double mean(int column, int begin, int end) {
        double sum = 0;
        for (int row = begin; row < end; row++) {
            sum += intervals.get(row, column);
        }
        return sum / (end - begin);
    }
}
