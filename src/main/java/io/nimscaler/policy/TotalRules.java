package io.nimscaler.policy;

import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.trigger.AggregationType;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * {@code deciding.md}, rules 0 to 5: one reading of a fleet → what it carries. For signals that do not add up see {@link LevelRules}.
 * The HPA does the same for Pods metrics and cannot for external ones, since it does not know our pods (kubernetes: pkg/controller/podautoscaler/replica_calculator.go,
 * groupPods and the missing, unready and flip guards of calcPlainMetricReplicas).
 *
 * <p>S = spec, T = target value, R / M / U = sampled / missing / starting pods. E.g. S = 4, T = 0.70, tolerance 10 %, two pods at 0.9 and
 * two missing that were below T: at least 2 · 0.9 = 1.8, at most 1.8 + 2 · 0.70 = 3.2. Up needs at least 1.1 · 0.70 · 4 = 3.08, down at
 * most 0.9 · 0.70 · 4 = 2.52: a hold (rule 4). With all four at 0.9 the demand is 3.6 (rule 3), and ceil(3.6 / 0.70) = 6 replicas.
 */
final class TotalRules {

    private final Trigger trigger;
    private final double target;
    private final double tolerance;

    TotalRules(Trigger trigger) {
        this.trigger = trigger;
        this.target = trigger.target().value();
        this.tolerance = trigger.stabilization().tolerance();
    }

    /**
     * @param noSampleFor for how long no pod had a fresh sample; used only where none has one
     */
    Demand of(Fleet.Known fleet, Duration noSampleFor) {
        FleetStates states = FleetStates.of(fleet, trigger);
        // Rule 0
        if (states.spec() == 0 && fleet.pods().isEmpty()) {
            return new Demand.Known(0, Counts.NO_POD, Optional.empty());
        }
        // Rule 1
        if (states.read() == 0 && states.missing().isEmpty()) {
            return states.onTheirWay() > 0
                    ? new Demand.Hold(HoldReason.ALL_STARTING, states.countsWithoutMean())
                    : new Demand.Unknown(
                            "no pod became ready within "
                                    + Durations.text(trigger.deadlines().startingDeadline()),
                            states.countsWithoutMean());
        }
        // Rule 2
        if (states.read() == 0) {
            return noSampleFor.compareTo(trigger.deadlines().unavailableAfter()) < 0
                    ? new Demand.Hold(HoldReason.NO_SAMPLES, states.countsWithoutMean())
                    : new Demand.Unknown(
                            "no pod has given a sample for "
                                    + Durations.text(trigger.deadlines().unavailableAfter()),
                            states.countsWithoutMean());
        }
        return trigger.signal().isAdditive()
                ? ofTotal(states, fleet.unserved())
                : new LevelRules(trigger).of(states, fleet.level());
    }

    private Demand ofTotal(FleetStates states, Unserved unserved) {
        int spec = states.spec();
        List<Missing> waitedFor = states.waitedFor();
        double[] shown = numbers(states.values());
        double mean = mean(shown);
        // Rule 5, the missing: after a long wait a pod counts as the mean of R, as a member of R
        double[] values = with(shown, states.writtenOff(), mean);
        double beyond = unserved.beyond(total(shown), target);
        // What each of them would carry if nothing was left outside
        double asked = mean + beyond / states.members();
        // Rule 5, the stuck: not there when the load fits the others; else it takes a replica's place without carrying
        // load
        double takenByStuck = asked <= target ? 0 : target * states.schedulableStuck();

        double[] certain = with(with(values, states.writtenOffUp(), mean), states.saturated(), target);
        double shownNow = total(certain) + takenByStuck;
        double carriedNow = shownNow + beyond;
        double[] possible =
                with(values, waitedFor, pod -> Math.max(target, pod.lastValue().orElse(target)));
        double atMost = Math.max(carriedNow, total(possible) + takenByStuck + beyond);
        // An amount that looks back (a rate) still holds what the others did before the newcomers took their part
        double share = (double) (states.members() - states.newcomers()) / states.members();
        double atLeast = Math.max(0, shownNow * share + beyond - states.credit(trigger));
        Carried carried = new Carried(mean, atLeast, atMost);

        // Rule 3
        if (waitedFor.isEmpty() && (states.coming() == 0 || asked <= (1 - tolerance) * target)) {
            if (asked > target && carriedNow < target * spec) {
                // Rule 5, the stuck: that they carry nothing takes nothing away while the others are above the target
                return new Demand.Undecided(OptionalDouble.of(carriedNow), states.counts(), carried);
            }
            double demand = Math.min(carriedNow, Math.max(atLeast, target * spec));
            return new Demand.Known(demand, states.counts(), Optional.of(carried));
        }
        // Rule 4
        if (atLeast >= (1 + tolerance) * target * spec) {
            return new Demand.Known(atLeast, states.counts(), Optional.of(carried));
        }
        if (atMost <= (1 - tolerance) * target * Math.min(spec, states.members() + waitedFor.size())) {
            double asLastSeen =
                    total(with(values, waitedFor, pod -> pod.lastValue().orElse(mean))) + takenByStuck + beyond;
            return new Demand.Bounded(asLastSeen, states.counts(), carried);
        }
        boolean observed = waitedFor.isEmpty() && asked <= target;
        return new Demand.Undecided(
                observed ? OptionalDouble.of(carriedNow) : OptionalDouble.empty(), states.counts(), carried);
    }

    /** What one pod stands for: the mean, or the highest under {@code max}. */
    private double mean(double[] values) {
        DoubleStream all = DoubleStream.of(values);
        return trigger.aggregationType() == AggregationType.MAX
                ? all.max().orElse(0)
                : all.average().orElse(0);
    }

    /** The fleet's total; under {@code max} as if each pod carried as much as the highest. */
    private double total(double[] values) {
        DoubleStream all = DoubleStream.of(values);
        return trigger.aggregationType() == AggregationType.MAX
                ? values.length * all.max().orElse(0)
                : all.sum();
    }

    // Arrays, for each decision of each fleet comes through here, and each of 14 simulated days

    private static double[] numbers(List<Double> values) {
        double[] numbers = new double[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i);
        }
        return numbers;
    }

    /** These and {@code more} times another one. */
    private static double[] with(double[] values, int more, double other) {
        if (more == 0) {
            return values;
        }
        double[] all = Arrays.copyOf(values, values.length + more);
        Arrays.fill(all, values.length, all.length, other);
        return all;
    }

    /** These and one of each pod. */
    private static double[] with(double[] values, List<Missing> pods, ToDoubleFunction<Missing> of) {
        if (pods.isEmpty()) {
            return values;
        }
        double[] all = Arrays.copyOf(values, values.length + pods.size());
        for (int i = 0; i < pods.size(); i++) {
            all[values.length + i] = of.applyAsDouble(pods.get(i));
        }
        return all;
    }
}
