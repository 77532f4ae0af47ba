package io.nimscaler.replay;

import java.util.ArrayList;
import java.util.List;

/** Whether a history is enough for an advice. If not, why, in words; or why to trust the advice less. */
final class Verdict {

    /** Of what was seen for so large a share of the time too little is known. */
    private static final double SATURATED_TOO_LONG = .2;

    /** Then what is known may not be typical. */
    private static final double MUCH_UNKNOWN = .05;

    /** A load that is so steady is carried as well by a fixed number of replicas. */
    private static final double LEAST_VARIATION = 1.2;

    /** A loop that is so far from what was is no model of it. */
    private static final double FAR_OFF = .15;

    private final List<String> reasons = new ArrayList<>();
    private boolean usable = true;

    boolean isUsable() {
        return usable;
    }

    List<String> reasons() {
        return reasons;
    }

    /** Why to trust it less. */
    void say(String reason) {
        reasons.add(reason);
    }

    /** Why there is none. */
    private void refuse(String reason) {
        usable = false;
        reasons.add(reason);
    }

    void onHistory(FleetHistory history, Question question, List<Part> parts, Censoring censoring) {
        if (history.observed().compareTo(question.leastHistory()) < 0) {
            refuse("too little history: " + Texts.length(history.observed()) + " of the "
                    + Texts.length(question.leastHistory()) + " that an advice needs");
        }
        long span = parts.getLast().until() - parts.getFirst().from();
        double unknown = 1 - (double) history.observed().toSeconds() / span;
        if (unknown > MUCH_UNKNOWN) {
            say("unknown for " + Texts.percent(unknown, 0)
                    + " of the time, and left out: pods that do not answer may be the busiest ones");
        }
        double variation = variation(parts);
        if (variation < LEAST_VARIATION) {
            refuse("too little variation: the demand's 95th percentile is " + Texts.number(variation, 2)
                    + " times its 5th; a fixed number of replicas is as good");
        }
        if (censoring.share() > SATURATED_TOO_LONG) {
            refuse("saturated for " + Texts.percent(censoring.share(), 0)
                    + " of the time, so the demand is not known; give it more replicas first, or a signal"
                    + " that shows a queue (serving_load)");
        } else if (censoring.open()) {
            say("saturated for " + Texts.percent(censoring.share(), 1)
                    + " of the time, in some of it with nothing seen before or after that bounds the demand");
        }
    }

    void onModel(Outcome was, Outcome present) {
        double off = was.replicaHours() == 0 ? 0 : present.replicaHours() / was.replicaHours() - 1;
        if (Math.abs(off) > FAR_OFF) {
            refuse("the model is far from what happened: with the present settings it has "
                    + Texts.number(present.replicaHours(), 1) + " replica-hours, and there were "
                    + Texts.number(was.replicaHours(), 1)
                    + "; give minReplicaCount, maxReplicaCount and the HPA's behavior as they are");
        }
    }

    void onBest(Advice.Tried best, double allowed) {
        if (best.overloadedTime() > allowed + 1e-12) {
            refuse("nothing that was tried is overloaded for at most " + Texts.percent(allowed, 2)
                    + " of the time; the least is " + Texts.percent(best.overloadedTime(), 2));
        }
    }

    private static double variation(List<Part> parts) {
        double[] sorted = parts.stream().mapToDouble(Part::mean).sorted().toArray();
        double low = sorted[sorted.length / 20];
        double high = sorted[sorted.length - 1 - sorted.length / 20];
        return low <= 0 ? (high <= 0 ? 1 : Double.POSITIVE_INFINITY) : high / low;
    }
}
