package io.nimscaler.replay;

import io.nimscaler.trigger.Trigger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The closed loop on the demand of a history: what happened, what other settings would have led to, and the least that was
 * possible.
 */
final class HistoryLoop {

    private static final long DAY = 86_400;
    private static final long MINUTE = 60;
    private static final double HARDLY = 1e-9;

    /** In seconds; over a longer time the moments of the syncs make no difference. */
    private static final long SHORT = 6 * 3_600;

    private static final int MOST_PHASES = 5;

    private final List<Part> parts;
    private final Optional<Judge> judge;
    private final Stop stop;

    /**
     * The demand that a fleet is to carry, where another signal than its own decides on its size.
     *
     * @param parts not empty, in order
     * @param capacity what one replica carries of it
     */
    record Judge(List<Part> parts, double capacity) {}

    /**
     * @param parts not empty, in order
     */
    HistoryLoop(List<Part> parts, Stop stop) {
        this(parts, Optional.empty(), stop);
    }

    HistoryLoop(List<Part> parts, Optional<Judge> judge, Stop stop) {
        this.parts = parts;
        this.judge = judge;
        this.stop = stop;
    }

    /** What was really there. */
    Outcome asItWas(double capacity) {
        Ledger ledger = new Ledger(capacity, DAY, parts.getFirst().from());
        for (Part part : parts) {
            for (int second = 0; second < part.seconds(); second++) {
                ledger.second(part.from() + second, part.at(second), part.wanted(), part.present(), part.ready());
            }
        }
        return ledger.outcome();
    }

    /**
     * What a fleet of its own does under these settings. Nobody knows at which moments the HPA looks; over a long time that evens out, of a
     * short one it is the mean over several.
     */
    Outcome simulate(Trigger trigger, FleetSettings settings) {
        int period = (int) settings.syncPeriod().toSeconds();
        long seconds = parts.getLast().until() - parts.getFirst().from();
        int phases = seconds > SHORT ? 1 : Math.min(period, MOST_PHASES);
        List<Outcome> outcomes = new ArrayList<>();
        for (int phase = 0; phase < phases; phase++) {
            outcomes.add(simulate(trigger, settings, phase * period / phases));
        }
        return Outcome.mean(outcomes);
    }

    /**
     * @param lead so many seconds before the first one it begins, and the HPA's syncs with it
     */
    private Outcome simulate(Trigger trigger, FleetSettings settings, int lead) {
        Part first = parts.getFirst();
        long began = first.from() - lead;
        double capacity = judge.map(Judge::capacity).orElse(settings.capacity());
        Ledger ledger = new Ledger(capacity, DAY, first.from());
        int begins = Math.clamp(first.wanted(), settings.least(), settings.most());
        FluidFleet fleet = new FluidFleet(trigger, settings, begins, ledger, began);
        OptionalDouble before = OptionalDouble.of(first.mean());
        fleet.demand(before, before, before);
        ScalerAndHpa scaler = new ScalerAndHpa(trigger, settings, began);
        scaler.settleOn(fleet);
        Cursor cursor = new Cursor(parts);
        Optional<Cursor> judged = judge.map(its -> new Cursor(its.parts(), first.from()));
        ClosedLoop.run(
                lead + cursor.ticks(),
                new ClosedLoop.Frame(1, (int) settings.syncPeriod().toSeconds(), settings.least(), settings.most()),
                fleet,
                (loaded, now, _) -> {
                    if (now > lead) {
                        OptionalDouble demand = cursor.next();
                        loaded.demand(
                                demand, cursor.peek(), judged.map(Cursor::next).orElse(demand));
                    }
                    if (now % MINUTE == 0) {
                        stop.check();
                    }
                },
                scaler,
                (_, _) -> {});
        return ledger.outcome();
    }

    /**
     * The least with which nothing is overloaded, of one who knows the future: each replica is ordered so that it is ready when it is first
     * needed, and is given up where it is not needed again before a new one would be ready.
     */
    Outcome perfect(FleetSettings settings) {
        int startUp = (int) Math.ceil(new StartUps(settings.startUpSeconds()).median());
        // What is needed within a start-up from now, the highest first: of months no second is kept for longer
        Deque<Need> soon = new ArrayDeque<>();
        Cursor ahead = new Cursor(parts);
        long seconds = ahead.ticks();
        long seen = 0;
        Ledger ledger = new Ledger(settings.capacity(), DAY, parts.getFirst().from());
        Cursor cursor = new Cursor(parts);
        long began = parts.getFirst().from();
        for (long second = 0; second < seconds; second++) {
            if (second % 3_600 == 0) {
                stop.check();
            }
            while (seen < seconds && seen <= second + startUp) {
                int needed = needed(ahead.next(), settings);
                while (!soon.isEmpty() && soon.getLast().replicas() <= needed) {
                    soon.removeLast();
                }
                soon.addLast(new Need(seen++, needed));
            }
            while (soon.getFirst().second() < second) {
                soon.removeFirst();
            }
            OptionalDouble demand = cursor.next();
            if (demand.isPresent()) {
                int present = soon.getFirst().replicas();
                ledger.second(began + second, demand.getAsDouble(), present, present, needed(demand, settings));
            }
        }
        return ledger.outcome();
    }

    private record Need(long second, int replicas) {}

    private static int needed(OptionalDouble demand, FleetSettings settings) {
        double enough = Math.ceil(demand.orElse(0) / settings.capacity() - HARDLY);
        return (int) Math.clamp(enough, settings.least(), settings.most());
    }
}
