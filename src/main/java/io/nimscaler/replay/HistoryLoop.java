package io.nimscaler.replay;

import io.nimscaler.trigger.Trigger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

/** The closed loop on the demand of a history: what would have been, what was, and the least that could have been. */
final class HistoryLoop {

    private static final long DAY = 86_400;
    private static final long MINUTE = 60;
    private static final double HARDLY = 1e-9;

    private final List<Part> parts;
    private final Stop stop;

    /**
     * @param parts not empty, in order
     */
    HistoryLoop(List<Part> parts, Stop stop) {
        this.parts = parts;
        this.stop = stop;
    }

    /** What was really there. */
    Outcome asItWas(double capacity) {
        Ledger ledger = new Ledger(capacity, DAY);
        for (Part part : parts) {
            for (int second = 0; second < part.seconds(); second++) {
                ledger.second(part.from() + second, part.at(second), part.wanted(), part.present(), part.ready());
            }
        }
        return ledger.outcome();
    }

    /** What a fleet of its own does under these settings. */
    Outcome simulate(Trigger trigger, FleetSettings settings) {
        Part first = parts.getFirst();
        Ledger ledger = new Ledger(settings.capacity(), DAY);
        int begins = Math.clamp(first.wanted(), settings.least(), settings.most());
        FluidFleet fleet = new FluidFleet(trigger, settings, begins, ledger, first.from());
        fleet.demand(OptionalDouble.of(first.mean()), OptionalDouble.of(first.mean()));
        ScalerAndHpa scaler = new ScalerAndHpa(trigger, settings, first.from());
        scaler.settleOn(fleet);
        Cursor cursor = new Cursor(parts);
        ClosedLoop.run(
                cursor.ticks(),
                new ClosedLoop.Frame(1, (int) settings.syncPeriod().toSeconds(), settings.least(), settings.most()),
                fleet,
                (loaded, now, _) -> {
                    loaded.demand(cursor.next(), cursor.peek());
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
        Cursor ahead = new Cursor(parts);
        int seconds = Math.toIntExact(ahead.ticks());
        // Two bytes a second: a history has millions of them
        short[] needed = new short[seconds];
        for (int i = 0; i < seconds; i++) {
            needed[i] = needed(ahead.next(), settings);
        }
        stop.check();
        Deque<Integer> highest = new ArrayDeque<>();
        short[] present = new short[seconds];
        for (int second = seconds - 1; second >= 0; second--) {
            while (!highest.isEmpty() && needed[highest.getLast()] <= needed[second]) {
                highest.removeLast();
            }
            highest.addLast(second);
            while (highest.getFirst() > second + startUp) {
                highest.removeFirst();
            }
            present[second] = needed[highest.getFirst()];
        }
        Ledger ledger = new Ledger(settings.capacity(), DAY);
        Cursor cursor = new Cursor(parts);
        long began = parts.getFirst().from();
        for (int second = 0; second < seconds; second++) {
            OptionalDouble demand = cursor.next();
            if (demand.isPresent()) {
                ledger.second(began + second, demand.getAsDouble(), present[second], present[second], needed[second]);
            }
        }
        return ledger.outcome();
    }

    private static short needed(OptionalDouble demand, FleetSettings settings) {
        double enough = Math.ceil(demand.orElse(0) / settings.capacity() - HARDLY);
        return (short) Math.min(Math.clamp(enough, settings.least(), settings.most()), Short.MAX_VALUE);
    }
}
