package io.nimscaler.replay;

import io.nimscaler.trigger.EffectiveMetadata;
import io.nimscaler.trigger.OtherMetadata;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which settings to take: those of many tried that cost least and are overloaded no more than allowed.
 *
 * @param observed how long, without what is not known
 * @param was what was really there
 * @param present the present settings in the same loop
 * @param tried all that were tried, the present ones among them
 * @param advised empty: there is no advice, and {@code reasons} say why
 * @param perfect the least with which nothing is overloaded, of one who knows the future
 * @param allowed share of the time that may be overloaded, 0 to 1
 * @param saturatedTime share of the time in which the demand may have been more than was seen, 0 to 1
 * @param reasons why there is no advice, or why to trust it less, in words
 * @param settings what held for all
 */
public record Advice(
        Duration observed,
        Outcome was,
        Tried present,
        List<Tried> tried,
        Optional<Tried> advised,
        Outcome perfect,
        double allowed,
        double saturatedTime,
        List<String> reasons,
        FleetSettings settings) {

    /** Of a month, in hours: 365.25 days a year. */
    public static final double HOURS_A_MONTH = 730.5;

    private static final List<String> TARGETS_OF_RATIO =
            List.of("0.4", "0.5", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85", "0.9");
    private static final List<Double> FACTORS = List.of(.5, .6, .7, .8, .9, 1.0, 1.1, 1.2, 1.35, 1.5);
    private static final List<String> DOWN_WINDOWS = List.of("1m", "5m", "15m");
    private static final List<String> SMOOTHING_UP = List.of("0s", "5s", "15s");
    private static final List<String> SMOOTHING_DOWN = List.of("0s", "30s", "2m");

    /** Of what was seen for so large a share of the time too little is known. */
    private static final double SATURATED_TOO_LONG = .2;

    /** Then what is known may not be typical. */
    private static final double MUCH_UNKNOWN = .05;

    /** A load that is so steady is carried as well by a fixed number of replicas. */
    private static final double LEAST_VARIATION = 1.2;

    /** A loop that is so far from what was is no model of it. */
    private static final double FAR_OFF = .15;

    /** Of the time that is judged another signal must be known for so much, for what is not known asks for nothing. */
    private static final double ENOUGH_SHARED = .9;

    /** Each is a simulation; so many lower minimums are tried where one is asked for. */
    private static final int MOST_BELOW = 4;

    /** What saves less is not worth an edit. */
    private static final double WORTH_IT = .01;

    /**
     * One setting.
     *
     * @param changed the keys of the metadata with other values than now
     * @param minReplicaCount of the ScaledObject
     * @param outcome on the demand that was seen
     * @param atMost where the demand was not all seen, on its upper bound
     */
    public record Tried(Map<String, String> changed, int minReplicaCount, Outcome outcome, Optional<Outcome> atMost) {

        public Tried {
            changed = Map.copyOf(changed);
        }

        /** By the upper bound of the demand, where it was not all seen. */
        double overloadedTime() {
            return atMost.orElse(outcome).overloadedTime();
        }

        double replicaHours() {
            return atMost.orElse(outcome).replicaHours();
        }

        /** Of another signal a little less of the time may be known: hours alone would make it cheaper. */
        double meanReplicas() {
            return atMost.orElse(outcome).meanReplicas();
        }
    }

    public Advice {
        tried = List.copyOf(tried);
        reasons = List.copyOf(reasons);
    }

    /**
     * Tries settings around the present ones.
     *
     * @throws UnusableException where the history does not answer it
     * @throws StoppedException where {@code stop} says so
     */
    public static Advice of(FleetHistory history, Question question, Stop stop) {
        return of(history, List.of(), question, stop);
    }

    /**
     * The same, and other signals with it: each decides on a fleet that is judged by the demand of this history.
     *
     * @param others what other triggers and shadows of the ScaledObject saw
     * @throws UnusableException where the history does not answer it
     * @throws StoppedException where {@code stop} says so
     */
    public static Advice of(FleetHistory history, List<FleetHistory> others, Question question, Stop stop) {
        return new Sweep(history, others, question, stop).advice();
    }

    /** What an outcome costs in a month of such days. */
    public static double perMonth(Outcome outcome, double pricePerReplicaHour) {
        return outcome.hours() == 0
                ? 0
                : outcome.replicaHours() / outcome.hours() * HOURS_A_MONTH * pricePerReplicaHour;
    }

    /** The lines of the ScaledObject to change; empty: there is no advice. */
    public Optional<ScaledObjectLines> lines() {
        return advised.map(one -> {
            Map<String, String> settings = new TreeMap<>(one.changed());
            if (one.minReplicaCount() != present.minReplicaCount()) {
                settings.put(FleetKey.MIN_REPLICA_COUNT.key(), String.valueOf(one.minReplicaCount()));
            }
            return ScaledObjectLines.of(settings);
        });
    }

    private static final class Sweep {

        private final FleetHistory history;
        private final List<FleetHistory> others;
        private final Question question;
        private final Stop stop;
        private final List<Part> parts;
        private final Censoring censoring;
        private final Map<String, String> now;
        private final Map<String, Tried> tried = new LinkedHashMap<>();
        private final List<String> ofSignals = new ArrayList<>();
        private boolean late;

        Sweep(FleetHistory history, List<FleetHistory> others, Question question, Stop stop) {
            this.history = history;
            this.others = others;
            this.question = question;
            this.stop = stop;
            this.parts = WhatIf.usable(history);
            this.censoring = Censoring.of(parts);
            this.now = EffectiveMetadata.of(question.trigger());
        }

        Advice advice() {
            Tried present = simulated(Map.of(), question.present().least());
            double allowed = question.maxOverload().orElse(present.overloadedTime());
            int least = question.present().least();
            for (String target : targets()) {
                for (String window : with(now.getOrDefault("downscaleStabilizationWindow", "5m"), DOWN_WINDOWS)) {
                    run(Map.of("targetValue", target, "downscaleStabilizationWindow", window), least);
                }
            }
            Tried best = best(allowed, present);
            for (String up : with(now.getOrDefault("smoothingUp", "5s"), SMOOTHING_UP)) {
                for (String down : with(now.getOrDefault("smoothingDown", "30s"), SMOOTHING_DOWN)) {
                    Map<String, String> changes = new TreeMap<>(best.changed());
                    changes.put("smoothingUp", up);
                    changes.put("smoothingDown", down);
                    run(changes, least);
                }
            }
            best = best(allowed, present);
            for (int min = lowest(); min <= least + 2; min++) {
                run(best.changed(), min);
            }
            // A higher minimum may leave room for a higher target value
            for (String target : targets()) {
                Map<String, String> changes = new TreeMap<>(best.changed());
                changes.put("targetValue", target);
                run(changes, least + 1);
            }
            otherSignals();
            return conclude(present, best(allowed, present), allowed);
        }

        /** Those that were recorded beside the present one; what they ask for is judged by what it says was to be carried. */
        private void otherSignals() {
            Set<String> compared = new LinkedHashSet<>();
            compared.add(name(history));
            for (FleetHistory other : others) {
                if (compared.add(name(other))) {
                    why(other).ifPresentOrElse(ofSignals::add, () -> runUnder(other));
                }
            }
            if (compared.size() == 1) {
                ofSignals.add("no other signal than " + name(history)
                        + " was recorded: none is compared; a shadow with another metric records one");
            }
        }

        private static String name(FleetHistory one) {
            return one.trigger().signal().name();
        }

        /** Why it can not be compared; empty: it can. */
        private Optional<String> why(FleetHistory other) {
            try {
                WhatIf.usable(other);
                Question.of(other, Map.of());
            } catch (UnusableException e) {
                return Optional.of(e.reason());
            }
            double known = sharedSeconds(other) / history.observed().toSeconds();
            return known < ENOUGH_SHARED
                    ? Optional.of(name(other) + " is not compared: it was recorded for " + Texts.percent(known, 0)
                            + " of the time")
                    : Optional.empty();
        }

        private double sharedSeconds(FleetHistory other) {
            double shared = 0;
            int index = 0;
            for (Part part : parts) {
                while (index < other.parts().size() && other.parts().get(index).until() <= part.from()) {
                    index++;
                }
                for (int i = index;
                        i < other.parts().size() && other.parts().get(i).from() < part.until();
                        i++) {
                    Part its = other.parts().get(i);
                    shared += Math.min(its.until(), part.until()) - Math.max(its.from(), part.from());
                }
            }
            return shared;
        }

        private void runUnder(FleetHistory other) {
            FleetSettings settings = question.present()
                    .withCapacity(Question.of(other, Map.of()).settings().capacity());
            Trigger signal = other.trigger();
            String present = EffectiveMetadata.of(signal).getOrDefault("targetValue", "0.7");
            for (String target : targets(signal, present)) {
                if (stop.isLate()) {
                    late = true;
                    return;
                }
                stop.check();
                if (OtherMetadata.with(signal, Map.of("targetValue", target))
                        instanceof ParsedTrigger.Valid(Trigger trigger, var _)) {
                    Map<String, String> changed = new TreeMap<>(EffectiveMetadata.of(trigger));
                    changed.keySet().removeIf(key -> !OtherMetadata.isOfThePolicy(key));
                    changed.entrySet().removeIf(entry -> entry.getValue().equals(now.get(entry.getKey())));
                    tried.put(changed + " " + settings.least(), judged(other, trigger, changed, settings));
                }
            }
        }

        private Tried judged(FleetHistory other, Trigger trigger, Map<String, String> changed, FleetSettings settings) {
            double capacity = question.present().capacity();
            return new Tried(
                    changed,
                    settings.least(),
                    judgedBy(parts, capacity, other).simulate(trigger, settings),
                    censoring
                            .atMost()
                            .map(raised -> judgedBy(raised, capacity, other).simulate(trigger, settings)));
        }

        private HistoryLoop judgedBy(List<Part> demand, double capacity, FleetHistory other) {
            return new HistoryLoop(other.parts(), Optional.of(new HistoryLoop.Judge(demand, capacity)), stop);
        }

        private Advice conclude(Tried present, Tried best, double allowed) {
            HistoryLoop loop = new HistoryLoop(parts, stop);
            Outcome was = loop.asItWas(question.settings().capacity());
            List<String> reasons = new ArrayList<>();
            boolean usable = true;
            if (history.observed().compareTo(question.leastHistory()) < 0) {
                usable = false;
                reasons.add("too little history: " + Texts.length(history.observed()) + " of the "
                        + Texts.length(question.leastHistory()) + " that an advice needs");
            }
            long span = parts.getLast().until() - parts.getFirst().from();
            double unknown = 1 - (double) history.observed().toSeconds() / span;
            if (unknown > MUCH_UNKNOWN) {
                reasons.add("unknown for " + Texts.percent(unknown, 0)
                        + " of the time, and left out: pods that do not answer may be those that have most to do");
            }
            double variation = variation();
            if (variation < LEAST_VARIATION) {
                usable = false;
                reasons.add("too little variation: the demand's 95th percentile is " + Texts.number(variation, 2)
                        + " times its 5th; a fixed number of replicas does as well");
            }
            if (censoring.share() > SATURATED_TOO_LONG) {
                usable = false;
                reasons.add("saturated for " + Texts.percent(censoring.share(), 0)
                        + " of the time: what the demand was is not seen; give it more replicas first, or a signal"
                        + " that shows a queue (serving_load)");
            } else if (censoring.open()) {
                reasons.add("saturated for " + Texts.percent(censoring.share(), 1)
                        + " of the time, in some of it with nothing seen before or after that bounds the demand");
            }
            double off = was.replicaHours() == 0 ? 0 : present.outcome().replicaHours() / was.replicaHours() - 1;
            if (Math.abs(off) > FAR_OFF) {
                usable = false;
                reasons.add("the model is far from what was: under the present settings it comes to "
                        + Texts.number(present.outcome().replicaHours(), 1) + " replica-hours, and there were "
                        + Texts.number(was.replicaHours(), 1)
                        + "; say minReplicaCount, maxReplicaCount and the HPA's behavior as they are");
            }
            if (best.overloadedTime() > allowed + 1e-12) {
                usable = false;
                reasons.add("nothing that was tried is overloaded for at most " + Texts.percent(allowed, 2)
                        + " of the time; the least is " + Texts.percent(best.overloadedTime(), 2));
            }
            if (late) {
                reasons.add("only " + tried.size() + " settings could be tried in time; ask for a shorter span");
            }
            if (present.outcome().spread().isEmpty()) {
                reasons.add("no error bars: they need three days");
            }
            if (question.present().least() > 1 && lowest() == question.present().least()) {
                reasons.add("minReplicaCount = " + question.present().least()
                        + " is not lowered, for it may be there for redundancy; ask with minReplicaCount = 1"
                        + " to have fewer tried");
            }
            reasons.addAll(ofSignals);
            boolean better = best.meanReplicas() < present.meanReplicas() * (1 - WORTH_IT)
                    || present.overloadedTime() > allowed + 1e-12;
            if (usable && !better) {
                reasons.add("the present settings are as good as any that were tried");
            }
            return new Advice(
                    history.observed(),
                    was,
                    present,
                    List.copyOf(tried.values()),
                    usable && better ? Optional.of(best) : Optional.empty(),
                    loop.perfect(question.settings()),
                    allowed,
                    censoring.share(),
                    reasons,
                    question.present());
        }

        /** The cheapest that is allowed; where none is, the one that is overloaded least. The first of equals. */
        private Tried best(double allowed, Tried present) {
            return tried.values().stream()
                    .filter(one -> one.overloadedTime() <= allowed + 1e-12)
                    .min(Comparator.comparingDouble(Tried::meanReplicas))
                    .orElseGet(() -> tried.values().stream()
                            .min(Comparator.comparingDouble(Tried::overloadedTime))
                            .orElse(present));
        }

        private void run(Map<String, String> changes, int least) {
            if (stop.isLate()) {
                late = true;
                return;
            }
            simulated(changes, least);
        }

        private Tried simulated(Map<String, String> changes, int least) {
            Map<String, String> changed = new TreeMap<>(changes);
            changed.entrySet().removeIf(entry -> entry.getValue().equals(now.get(entry.getKey())));
            return tried.computeIfAbsent(changed + " " + least, _ -> simulate(changed, least));
        }

        private Tried simulate(Map<String, String> changed, int least) {
            stop.check();
            Trigger trigger = switch (OtherMetadata.with(question.trigger(), changed)) {
                case ParsedTrigger.Valid valid -> valid.trigger();
                case ParsedTrigger.Invalid invalid -> throw new IllegalStateException(invalid.text());
            };
            WhatIf.Prediction prediction =
                    WhatIf.predict(parts, censoring, trigger, question.present().withLeast(least), stop);
            return new Tried(changed, least, prediction.outcome(), prediction.atMost());
        }

        private Set<String> targets() {
            return targets(question.trigger(), now.getOrDefault("targetValue", "0.7"));
        }

        private static Set<String> targets(Trigger trigger, String present) {
            double target = trigger.target().value();
            Set<String> targets = new LinkedHashSet<>();
            targets.add(present);
            if (trigger.signal().highestTarget() <= 10) {
                targets.addAll(TARGETS_OF_RATIO);
            } else {
                FACTORS.forEach(factor -> targets.add(threeDecimals(target * factor)));
            }
            return targets;
        }

        private static String threeDecimals(double value) {
            return BigDecimal.valueOf(Math.max(10, Math.round(value * 1000)), 3)
                    .stripTrailingZeros()
                    .toPlainString();
        }

        private static Set<String> with(String present, List<String> others) {
            Set<String> all = new LinkedHashSet<>();
            all.add(present);
            all.addAll(others);
            return all;
        }

        /** Nothing shows why a minimum is set, be it for cost or for redundancy: it is not lowered unless a lower one is asked for. */
        private int lowest() {
            return Math.min(
                    question.present().least(),
                    Math.max(question.settings().least(), question.present().least() - MOST_BELOW));
        }

        private double variation() {
            double[] sorted = parts.stream().mapToDouble(Part::mean).sorted().toArray();
            double low = sorted[sorted.length / 20];
            double high = sorted[sorted.length - 1 - sorted.length / 20];
            return low <= 0 ? (high <= 0 ? 1 : Double.POSITIVE_INFINITY) : high / low;
        }
    }
}
