package io.nimscaler.policy;

import io.nimscaler.trigger.AggregationType;
import io.nimscaler.trigger.Trigger;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * {@code deciding.md}, rules 3 to 5 for a signal that does not add up: the fleet is at a level v (a latency, a utilization), and what it carries
 * is v·S, so that the HPA ends at ceil(v·S/T) as it does for {@code Pods} metrics. {@code aggregationType: max} takes the
 * highest pod for the level.
 *
 * <ul>
 *   <li><em>Up:</em> v·S, with missing and starting pods counted as 0 in the mean (at least), as the HPA does; one that was at T or more
 *       moments ago counts as T.
 *   <li>A level that looks back (a latency) still holds what was observed before the newcomers were there. Times all replicas it would
 *       order others for the same load, so on the way up a newcomer counts as 0, too.
 *   <li>A latency has no upper end, and its distance from T does not say how many replicas are short: a fleet that queues for ten times
 *       T may need one replica more. So one reading asks for twice the replicas that were read at most, and the next one waits for
 *       those that come.
 *   <li><em>Down:</em> only while no pod is missing. Unlike an amount, the level of one pod does not bound the fleet's: the
 *       pod that does not answer may be the one where requests take long. So at most is the highest of v, T and its own last value.
 *   <li>A fleet that is leaving replicas still has them at work: below T the level counts for each pod that there is, else
 *       each reading of a shrinking fleet would shrink it again. It never asks for more than S then.
 *   <li>Too few observations for a level: hold. An idle fleet has no latency; that is not a latency of 0.
 * </ul>
 *
 * <p>E.g. S = 4, T = 0.5 s, tolerance 10 %, a level of 0.8 s: with all four read the demand is 0.8 · 4 = 3.2, and ceil(3.2 / 0.5) = 7
 * replicas. With one of them missing it is at least (3 · 0.8 + 0) / 4 · 4 = 2.4, which is above 1.1 · 0.5 · 4 = 2.2: 5 replicas.
 */
final class LevelRules {

    /** Of the replicas that were observed, for each that was. */
    private static final int MOST_AT_ONCE = 2;

    private final Trigger trigger;
    private final double target;
    private final double tolerance;

    LevelRules(Trigger trigger) {
        this.trigger = trigger;
        this.target = trigger.target().value();
        this.tolerance = trigger.stabilization().tolerance();
    }

    /**
     * @param states of a fleet in which at least one pod was read
     * @param observed the fleet's level
     */
    Demand of(FleetStates states, OptionalDouble observed) {
        OptionalDouble level = trigger.aggregationType() == AggregationType.MAX
                ? DoubleStream.concat(
                                states.values().stream().mapToDouble(Double::doubleValue),
                                states.values().isEmpty() ? observed.stream() : DoubleStream.empty())
                        .max()
                : observed;
        return level.isPresent()
                ? of(states, level.getAsDouble())
                : new Demand.Hold(HoldReason.TOO_FEW_OBSERVATIONS, states.countsWithoutMean());
    }

    private Demand of(FleetStates states, double level) {
        int spec = states.spec();
        int members = states.members();
        int missing = states.waitedFor().size();
        boolean fits = level <= target;
        // Rule 5, the stuck: as in TotalRules; they are not among the replicas that are at this level
        int carriers = Math.max(Math.min(members, spec), spec - states.stuck());
        double takenByStuck = fits ? 0 : target * states.schedulableStuck();

        double sum = level * (members - states.newcomers() + states.writtenOffUp()) + target * states.saturated();
        double mean = sum / (members + missing + states.onTheirWay());
        double most = most(states);
        double atLeast = Math.min(most, Math.max(0, mean * carriers + takenByStuck - states.credit(trigger)));
        double all = fits
                ? Math.min(level * Math.max(carriers, members), target * spec)
                : Math.min(most, level * carriers + takenByStuck);
        double atMost = missing == 0
                ? all
                : Math.max(
                        atLeast,
                        spec
                                * states.waitedFor().stream()
                                        .mapToDouble(pod -> pod.lastValue().orElse(target))
                                        .reduce(Math.max(level, target), Math::max));
        Carried carried = new Carried(level, atLeast, atMost);

        if (missing == 0 && (states.coming() == 0 || level <= (1 - tolerance) * target)) {
            if (!fits && all < target * spec) {
                return new Demand.Undecided(OptionalDouble.of(all), states.counts(), carried);
            }
            return new Demand.Known(all, states.counts(), Optional.of(carried));
        }
        if (atLeast >= (1 + tolerance) * target * spec) {
            return new Demand.Known(atLeast, states.counts(), Optional.of(carried));
        }
        return new Demand.Undecided(
                missing == 0 && fits ? OptionalDouble.of(all) : OptionalDouble.empty(), states.counts(), carried);
    }

    /** What may be asked for at once; never fewer replicas than there are. */
    private double most(FleetStates states) {
        boolean looksBack = trigger.signal().window().isPositive();
        int observed = states.members() - states.newcomers();
        return looksBack ? target * Math.max(states.spec(), MOST_AT_ONCE * observed) : Double.POSITIVE_INFINITY;
    }
}
