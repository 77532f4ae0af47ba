package io.nimscaler.replay;

import io.nimscaler.trigger.OtherMetadata;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Tries settings around the present ones, one kind after the other, each from the best that was found before. */
final class Sweep {

    private static final List<String> DOWN_WINDOWS = List.of("1m", "5m", "15m");
    private static final List<String> SMOOTHING_UP = List.of("0s", "5s", "15s");
    private static final List<String> SMOOTHING_DOWN = List.of("0s", "30s", "2m");

    /** Each is a simulation; so many lower minimums are tried where one is asked for. */
    private static final int MOST_BELOW = 4;

    /** What saves less is not worth an edit. */
    private static final double WORTH_IT = .01;

    private final SweepInput input;
    private final Question question;
    private final List<FleetHistory> others;
    private final Map<String, Advice.Tried> tried = new LinkedHashMap<>();
    private boolean late;

    /**
     * @param others what other triggers and shadows of the ScaledObject saw
     */
    Sweep(SweepInput input, List<FleetHistory> others) {
        this.input = input;
        this.question = input.question();
        this.others = others;
    }

    Advice advice() {
        Advice.Tried present = simulated(Map.of(), question.present().least());
        double allowed = question.maxOverload().orElse(present.overloadedTime());
        int least = question.present().least();
        for (String target : targets()) {
            for (String window : with(input.now().getOrDefault("downscaleStabilizationWindow", "5m"), DOWN_WINDOWS)) {
                run(Map.of("targetValue", target, "downscaleStabilizationWindow", window), least);
            }
        }
        Advice.Tried best = best(allowed, present);
        for (String up : with(input.now().getOrDefault("smoothingUp", "5s"), SMOOTHING_UP)) {
            for (String down : with(input.now().getOrDefault("smoothingDown", "30s"), SMOOTHING_DOWN)) {
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
        OtherSignals signals = new OtherSignals(input, others);
        late |= !signals.compare(tried);
        return conclude(present, best(allowed, present), allowed, signals.words());
    }

    private Advice conclude(Advice.Tried present, Advice.Tried best, double allowed, List<String> ofSignals) {
        HistoryLoop loop = new HistoryLoop(input.parts(), input.stop());
        Outcome was = loop.asItWas(question.settings().capacity());
        Verdict verdict = new Verdict();
        verdict.onHistory(input.history(), question, input.parts(), input.censoring());
        verdict.onModel(was, present.outcome());
        verdict.onBest(best, allowed);
        if (late) {
            verdict.say("only " + tried.size() + " settings could be tried in time; ask for a shorter span");
        }
        if (present.outcome().spread().isEmpty()) {
            verdict.say("no error bars: they need three days");
        }
        if (question.present().least() > 1 && lowest() == question.present().least()) {
            verdict.say("minReplicaCount = " + question.present().least()
                    + " is not lowered, for it may be there for redundancy; ask with minReplicaCount = 1"
                    + " to have fewer tried");
        }
        ofSignals.forEach(verdict::say);
        boolean better = best.meanReplicas() < present.meanReplicas() * (1 - WORTH_IT)
                || present.overloadedTime() > allowed + 1e-12;
        if (verdict.isUsable() && !better) {
            verdict.say("the present settings are as good as any that were tried");
        }
        return new Advice(
                input.history().observed(),
                was,
                present,
                List.copyOf(tried.values()),
                verdict.isUsable() && better ? Optional.of(best) : Optional.empty(),
                loop.perfect(question.settings()),
                allowed,
                input.censoring().share(),
                verdict.reasons(),
                question.present());
    }

    /** The cheapest that is allowed; where none is, the one that is overloaded least. The first of equals. */
    private Advice.Tried best(double allowed, Advice.Tried present) {
        return tried.values().stream()
                .filter(one -> one.overloadedTime() <= allowed + 1e-12)
                .min(Comparator.comparingDouble(Advice.Tried::meanReplicas))
                .orElseGet(() -> tried.values().stream()
                        .min(Comparator.comparingDouble(Advice.Tried::overloadedTime))
                        .orElse(present));
    }

    private void run(Map<String, String> changes, int least) {
        if (input.stop().isLate()) {
            late = true;
            return;
        }
        simulated(changes, least);
    }

    private Advice.Tried simulated(Map<String, String> changes, int least) {
        Map<String, String> changed = new TreeMap<>(changes);
        changed.entrySet().removeIf(entry -> entry.getValue().equals(input.now().get(entry.getKey())));
        return tried.computeIfAbsent(changed + " " + least, _ -> simulate(changed, least));
    }

    private Advice.Tried simulate(Map<String, String> changed, int least) {
        input.stop().check();
        Trigger trigger = switch (OtherMetadata.with(question.trigger(), changed)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalStateException(invalid.text());
        };
        WhatIf.Prediction prediction = WhatIf.predict(
                input.parts(), input.censoring(), trigger, question.present().withLeast(least), input.stop());
        return new Advice.Tried(changed, least, prediction.outcome(), prediction.atMost());
    }

    private Set<String> targets() {
        return Targets.around(question.trigger(), input.now().getOrDefault("targetValue", "0.7"));
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
}
