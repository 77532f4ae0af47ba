package io.nimscaler.replay;

import io.nimscaler.trigger.Trigger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

/** The closed loop on the demand of a history: what would have been, what was, and the least that could have been. */
final class HistoryLoop {

    private static final long DAY = 86_400;
    private static final long MINUTE = 60;
    private static final double HARDLY = 1e-9;

    /** In seconds; over a longer time the moments of the syncs make no difference. */
    private static final long SHORT = 6 * 3_600;

    private static final int MOST_PHASES = 5;

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
        Ledger ledger = new Ledger(settings.capacity(), DAY, first.from());
        int begins = Math.clamp(first.wanted(), settings.least(), settings.most());
        FluidFleet fleet = new FluidFleet(trigger, settings, begins, ledger, began);
        fleet.demand(OptionalDouble.of(first.mean()), OptionalDouble.of(first.mean()));
        ScalerAndHpa scaler = new ScalerAndHpa(trigger, settings, began);
        scaler.settleOn(fleet);
        Cursor cursor = new Cursor(parts, lead);
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
        Ledger ledger = new Ledger(settings.capacity(), DAY, parts.getFirst().from());
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
