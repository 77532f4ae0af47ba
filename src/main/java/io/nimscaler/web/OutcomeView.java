package io.nimscaler.web;

import io.nimscaler.replay.Advice;
import io.nimscaler.replay.Outcome;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet cost, and how much of the demand was more than its ready replicas carry.
 *
 * @param overloadedTime share of the time, 0 to 1
 * @param overloadedDemand share of the demand, 0 to 1
 * @param costAMonth null without a price
 * @param spread null where there are fewer than three days
 */
record OutcomeView(
        double hours,
        double replicaHours,
        double overloadedTime,
        double overloadedDemand,
        long longestOverloadSeconds,
        int scaleEvents,
        int fewestReplicas,
        int mostReplicas,
        @Nullable Double costAMonth,
        @Nullable SpreadView spread) {

    /** From the 5th to the 95th percentile of draws of the days. */
    record SpreadView(
            double replicaHoursLow, double replicaHoursHigh, double overloadedTimeLow, double overloadedTimeHigh) {}

    static OutcomeView of(Outcome outcome, OptionalDouble price) {
        return new OutcomeView(
                outcome.hours(),
                outcome.replicaHours(),
                outcome.overloadedTime(),
                outcome.overloadedDemand(),
                outcome.longestOverloadSeconds(),
                outcome.scaleEvents(),
                outcome.fewest(),
                outcome.most(),
                price.isPresent() ? Advice.perMonth(outcome, price.getAsDouble()) : null,
                outcome.spread()
                        .map(spread -> new SpreadView(
                                spread.replicaHours().low(),
                                spread.replicaHours().high(),
                                spread.overloadedTime().low(),
                                spread.overloadedTime().high()))
                        .orElse(null));
    }
}
