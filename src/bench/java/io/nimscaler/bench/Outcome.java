package io.nimscaler.bench;

import java.util.List;

/**
 * What a run, or several of one kind, came to.
 *
 * @param late requests not admitted within 2 s, the refused among them
 * @param changes how often the wanted replicas changed
 * @param largest of these changes
 * @param turns from up to down or back
 * @param most replicas wanted at any time
 * @param overshoot {@code most} over what the highest load needs
 * @param harmful scale-downs after which a fleet was late that had been in time
 */
record Outcome(
        double gpuHours,
        double requests,
        double late,
        double changes,
        double largest,
        double turns,
        double most,
        double overshoot,
        double harmful,
        double hours) {

    double onTimePercent() {
        return requests == 0 ? 100 : 100 * (1 - late / requests);
    }

    double changesPerHour() {
        return changes / hours;
    }

    /** Sums, and the largest of what is a maximum. */
    static Outcome total(List<Outcome> outcomes) {
        return outcomes.stream()
                .reduce((a, b) -> new Outcome(
                        a.gpuHours + b.gpuHours,
                        a.requests + b.requests,
                        a.late + b.late,
                        a.changes + b.changes,
                        Math.max(a.largest, b.largest),
                        a.turns + b.turns,
                        Math.max(a.most, b.most),
                        Math.max(a.overshoot, b.overshoot),
                        a.harmful + b.harmful,
                        a.hours + b.hours))
                .orElseThrow();
    }
}
