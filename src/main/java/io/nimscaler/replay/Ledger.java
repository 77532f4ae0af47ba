package io.nimscaler.replay;

import java.util.ArrayList;
import java.util.List;

/** Adds up an {@link Outcome}, second by second. */
final class Ledger {

    private static final double HARDLY = 1e-9;

    private final double capacity;
    private final long blockSeconds;
    private final long from;
    private final List<Outcome.Block> blocks = new ArrayList<>();
    private long block = Long.MIN_VALUE;
    private double seconds;
    private double replicaSeconds;
    private double overloadedSeconds;
    private double demand;
    private double demandAbove;
    private long overloadBegan = Long.MIN_VALUE;
    private long overloadEnds = Long.MIN_VALUE;
    private long longest;
    private int events;
    private int wanted = -1;
    private int fewest = Integer.MAX_VALUE;
    private int most;

    /**
     * @param capacity what a replica carries, in the signal's unit
     * @param from what is before it does not count
     */
    Ledger(double capacity, long blockSeconds, long from) {
        this.capacity = capacity;
        this.blockSeconds = blockSeconds;
        this.from = from;
    }

    /** One second of which the demand is known. */
    void second(long at, double demanded, int spec, double present, double ready) {
        if (at < from) {
            return;
        }
        long its = Math.floorDiv(at, blockSeconds);
        if (its != block) {
            close();
            block = its;
        }
        double above = demanded - ready * capacity;
        seconds++;
        replicaSeconds += present;
        demand += demanded;
        if (above > HARDLY) {
            overloadedSeconds++;
            demandAbove += above;
            if (overloadEnds != at) {
                overloadBegan = at;
            }
            overloadEnds = at + 1;
            longest = Math.max(longest, overloadEnds - overloadBegan);
        }
        if (wanted >= 0 && spec != wanted) {
            events++;
        }
        wanted = spec;
        fewest = Math.min(fewest, spec);
        most = Math.max(most, spec);
    }

    private void close() {
        if (seconds > 0) {
            blocks.add(new Outcome.Block(seconds, replicaSeconds, overloadedSeconds, demand, demandAbove));
        }
        seconds = 0;
        replicaSeconds = 0;
        overloadedSeconds = 0;
        demand = 0;
        demandAbove = 0;
    }

    Outcome outcome() {
        close();
        return new Outcome(blocks, longest, events, fewest == Integer.MAX_VALUE ? 0 : fewest, most);
    }
}
