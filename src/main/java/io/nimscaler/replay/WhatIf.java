package io.nimscaler.replay;

import io.nimscaler.signal.Signals;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The closed loop's answer to one question: what a fleet with other settings would have done.
 *
 * @param observed how long, without what is not known
 * @param was what was really there
 * @param present the same loop under the present settings: how far it is from what was shows how far to trust it
 * @param other under the other settings
 * @param perfect the least with which nothing is overloaded, of one who knows the future
 * @param saturatedTime share of the time in which the demand may have been more than was seen, 0 to 1
 * @param bracketOpen whether in some of it nothing bounds the demand from above
 * @param assumed what was neither given nor seen, in words
 */
public record WhatIf(
        Duration observed,
        Outcome was,
        Prediction present,
        Prediction other,
        Outcome perfect,
        double saturatedTime,
        boolean bracketOpen,
        List<String> assumed) {

    /** A longer span is refused: each second of it is simulated. */
    static final Duration LONGEST = Duration.ofDays(92);

    /** What no answer takes into account. */
    public static final List<String> LEFT_OUT = List.of(
            "latencies: no latency is predicted or promised",
            "how requests are spread: the ready pods share the load evenly; router affinity and prefix caches are left"
                    + " out",
            "preemption, and queues over time: what is not carried in one second does not come again in the next",
            "clients that would send more or less if they were served otherwise",
            "pods that fail, nodes that are not there, rollouts, other triggers and other writers of replicas");

    /**
     * @param outcome on the demand that was seen
     * @param atMost where the demand was not all seen, on its upper bound
     */
    public record Prediction(Outcome outcome, Optional<Outcome> atMost) {}

    public WhatIf {
        assumed = List.copyOf(assumed);
    }

    /**
     * Answers a question.
     *
     * @throws UnusableException where the history does not answer it
     * @throws StoppedException where {@code stop} says so
     */
    public static WhatIf of(FleetHistory history, Question question, Stop stop) {
        List<Part> parts = usable(history);
        Censoring censoring = Censoring.of(parts);
        HistoryLoop loop = new HistoryLoop(parts, stop);
        return new WhatIf(
                history.observed(),
                loop.asItWas(question.settings().capacity()),
                predict(parts, censoring, history.trigger(), question.present(), stop),
                predict(parts, censoring, question.trigger(), question.settings(), stop),
                loop.perfect(question.settings()),
                censoring.share(),
                censoring.open(),
                question.settings().assumed());
    }

    static Prediction predict(
            List<Part> parts, Censoring censoring, Trigger trigger, FleetSettings settings, Stop stop) {
        return new Prediction(
                new HistoryLoop(parts, stop).simulate(trigger, settings),
                censoring.atMost().map(raised -> new HistoryLoop(raised, stop).simulate(trigger, settings)));
    }

    /**
     * The parts of a history on which a fleet can be simulated.
     *
     * @throws UnusableException where there are none, or the signal does not say what another fleet would carry
     */
    static List<Part> usable(FleetHistory history) {
        Trigger trigger = history.trigger();
        String name = trigger.signal().name();
        if (!trigger.signal().isAdditive()) {
            throw new UnusableException("metric = \"" + name
                    + "\": expected a signal that adds up over pods, for a fleet of another size; what " + name
                    + " would be there is not known. The open loop answers on the fleet that there was");
        }
        if (name.equals(Signals.REQUESTS_WAITING)) {
            throw new UnusableException("metric = \"" + name
                    + "\": expected a signal that shows what the pods carry, for a fleet of another size; a"
                    + " queue alone does not");
        }
        if (history.parts().isEmpty()) {
            throw new UnusableException(
                    "nothing is known of what the fleet of " + history.id().scaledObject() + " carried");
        }
        long span =
                history.parts().getLast().until() - history.parts().getFirst().from();
        if (span > LONGEST.toSeconds()) {
            throw new UnusableException("expected a span of at most " + LONGEST.toDays() + " days, got "
                    + Texts.length(Duration.ofSeconds(span)) + "; give a part of it");
        }
        return history.parts();
    }
}
