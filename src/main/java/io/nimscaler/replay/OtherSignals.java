package io.nimscaler.replay;

import io.nimscaler.trigger.EffectiveMetadata;
import io.nimscaler.trigger.OtherMetadata;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Signals that were recorded beside the present one. Their decisions are judged by the demand that the present signal saw. */
final class OtherSignals {

    /** Of the time that is judged another signal must be known for so much, for what is not known asks for nothing. */
    private static final double ENOUGH_SHARED = .9;

    private final SweepInput sweep;
    private final Question question;
    private final List<FleetHistory> others;
    private final List<String> words = new ArrayList<>();

    /**
     * @param others what other triggers and shadows of the ScaledObject saw
     */
    OtherSignals(SweepInput sweep, List<FleetHistory> others) {
        this.sweep = sweep;
        this.question = sweep.question();
        this.others = others;
    }

    /** Which were not compared, and why; after {@link #compare}. */
    List<String> words() {
        return words;
    }

    /**
     * Tries the target values of each.
     *
     * @param tried they are put there
     * @return false: there was no time for all of them
     */
    boolean compare(Map<String, Advice.Tried> tried) {
        boolean all = true;
        Set<String> compared = new LinkedHashSet<>();
        compared.add(name(sweep.history()));
        for (FleetHistory other : others) {
            if (compared.add(name(other))) {
                Optional<String> why = why(other);
                why.ifPresent(words::add);
                all &= why.isPresent() || runUnder(other, tried);
            }
        }
        if (compared.size() == 1) {
            words.add("no other signal than " + name(sweep.history())
                    + " was recorded: none is compared; a shadow with another metric records one");
        }
        return all;
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
        double known = sharedSeconds(other) / sweep.history().observed().toSeconds();
        return known < ENOUGH_SHARED
                ? Optional.of(name(other) + " is not compared: it was recorded for " + Texts.percent(known, 0)
                        + " of the time")
                : Optional.empty();
    }

    private double sharedSeconds(FleetHistory other) {
        double shared = 0;
        int index = 0;
        for (Part part : sweep.parts()) {
            while (index < other.parts().size() && other.parts().get(index).until() <= part.from()) {
                index++;
            }
            for (int i = index; i < other.parts().size() && other.parts().get(i).from() < part.until(); i++) {
                Part its = other.parts().get(i);
                shared += Math.min(its.until(), part.until()) - Math.max(its.from(), part.from());
            }
        }
        return shared;
    }

    private boolean runUnder(FleetHistory other, Map<String, Advice.Tried> tried) {
        FleetSettings settings = question.present()
                .withCapacity(Question.of(other, Map.of()).settings().capacity());
        Trigger signal = other.trigger();
        String present = EffectiveMetadata.of(signal).getOrDefault("targetValue", "0.7");
        for (String target : Targets.around(signal, present)) {
            if (sweep.stop().isLate()) {
                return false;
            }
            sweep.stop().check();
            if (OtherMetadata.with(signal, Map.of("targetValue", target))
                    instanceof ParsedTrigger.Valid(Trigger trigger, var _)) {
                Map<String, String> changed = new TreeMap<>(EffectiveMetadata.of(trigger));
                changed.keySet().removeIf(key -> !OtherMetadata.isOfThePolicy(key));
                changed.entrySet()
                        .removeIf(entry -> entry.getValue().equals(sweep.now().get(entry.getKey())));
                tried.put(changed + " " + settings.least(), judged(other, trigger, changed, settings));
            }
        }
        return true;
    }

    private Advice.Tried judged(
            FleetHistory other, Trigger trigger, Map<String, String> changed, FleetSettings settings) {
        double capacity = question.present().capacity();
        return new Advice.Tried(
                changed,
                settings.least(),
                judgedBy(sweep.parts(), capacity, other).simulate(trigger, settings),
                sweep.censoring()
                        .atMost()
                        .map(raised -> judgedBy(raised, capacity, other).simulate(trigger, settings)));
    }

    private HistoryLoop judgedBy(List<Part> demand, double capacity, FleetHistory other) {
        return new HistoryLoop(other.parts(), Optional.of(new HistoryLoop.Judge(demand, capacity)), sweep.stop());
    }
}
