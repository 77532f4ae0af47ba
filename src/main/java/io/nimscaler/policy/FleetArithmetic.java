package io.nimscaler.policy;

import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Sampled;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.AggregationType;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * Rules 0 to 5 of the design's section 4: one reading of a fleet → what it carries. The HPA does the same for Pods metrics
 * and cannot for external ones, since it does not know our pods (kubernetes: pkg/controller/podautoscaler/replica_calculator.go,
 * groupPods and the missing, unready and flip guards of calcPlainMetricReplicas).
 *
 * <p>Names of the design: S = spec, T = target value, R / M / U = sampled / missing / starting pods.
 */
final class FleetArithmetic {

    /** Rule 5: a missing pod is waited for at least so long. */
    private static final Duration LEAST_PATIENCE = Duration.ofMinutes(5);

    private final Trigger trigger;
    private final double target;
    private final double tolerance;

    FleetArithmetic(Trigger trigger) {
        this.trigger = trigger;
        this.target = trigger.targetValue();
        this.tolerance = trigger.tolerance();
    }

    /**
     * @param noSampleFor how long no pod had a fresh sample; used only where none has one
     */
    Demand of(Fleet.Known fleet, Duration noSampleFor) {
        int spec = fleet.scale().spec();
        List<Sampled> sampled = only(Sampled.class, fleet.pods());
        List<Missing> missing = only(Missing.class, fleet.pods());
        List<Starting> starting = only(Starting.class, fleet.pods());
        List<Starting> stuck = starting.stream()
                .filter(pod -> pod.startingFor().compareTo(trigger.startingDeadline()) > 0)
                .toList();
        int onTheirWay = starting.size() - stuck.size();

        // Rule 0
        if (spec == 0 && fleet.pods().isEmpty()) {
            return new Demand.Known(0, Arithmetic.withoutSamples(0, 0, 0));
        }
        Arithmetic blind = Arithmetic.withoutSamples(missing.size(), onTheirWay, stuck.size());
        // Rule 1
        if (sampled.isEmpty() && missing.isEmpty()) {
            return onTheirWay > 0
                    ? new Demand.Hold(HoldReason.ALL_STARTING, OptionalDouble.empty(), blind)
                    : new Demand.Unknown(
                            "no pod became ready within " + Durations.text(trigger.startingDeadline()), blind);
        }
        // Rule 2
        if (sampled.isEmpty()) {
            return noSampleFor.compareTo(trigger.unavailableAfter()) < 0
                    ? new Demand.Hold(HoldReason.NO_SAMPLES, OptionalDouble.empty(), blind)
                    : new Demand.Unknown(
                            "no pod has given a sample for " + Durations.text(trigger.unavailableAfter()), blind);
        }

        double mean = mean(sampled.stream().mapToDouble(Sampled::value));
        // Rule 5, the missing: after a long wait a pod counts as the mean of R, as a member of R
        Duration patience = longer(trigger.downscaleStabilizationWindow(), LEAST_PATIENCE);
        List<Missing> waitedFor = missing.stream()
                .filter(pod -> pod.missingFor().compareTo(patience) <= 0)
                .toList();
        int members = sampled.size() + missing.size() - waitedFor.size();
        double[] values = DoubleStream.concat(
                        sampled.stream().mapToDouble(Sampled::value),
                        DoubleStream.generate(() -> mean).limit(members - sampled.size()))
                .toArray();
        // Rule 5, the stuck: not there when the load fits the others; else it takes a replica's place without carrying
        // load
        double takenByStuck = mean <= target
                ? 0
                : target * stuck.stream().filter(pod -> !pod.unschedulable()).count();

        double lo = total(DoubleStream.of(values)) + takenByStuck;
        double hi = total(DoubleStream.concat(
                        DoubleStream.of(values),
                        waitedFor.stream()
                                .mapToDouble(
                                        pod -> Math.max(target, pod.lastValue().orElse(target)))))
                + takenByStuck;
        Arithmetic arithmetic = new Arithmetic(members, waitedFor.size(), onTheirWay, stuck.size(), mean, lo, hi);

        // Rule 3
        if (waitedFor.isEmpty() && (onTheirWay == 0 || mean <= (1 - tolerance) * target)) {
            return new Demand.Known(lo, arithmetic);
        }
        // Rule 4
        if (lo >= (1 + tolerance) * target * spec) {
            return new Demand.Known(lo, arithmetic);
        }
        if (hi <= (1 - tolerance) * target * Math.min(spec, members + waitedFor.size())) {
            double asLastSeen = total(DoubleStream.concat(
                            DoubleStream.of(values),
                            waitedFor.stream()
                                    .mapToDouble(pod -> pod.lastValue().orElse(mean))))
                    + takenByStuck;
            return new Demand.Bounded(hi, asLastSeen, arithmetic);
        }
        boolean observed = waitedFor.isEmpty() && mean <= target;
        return new Demand.Hold(
                HoldReason.UNDECIDED, observed ? OptionalDouble.of(lo) : OptionalDouble.empty(), arithmetic);
    }

    /** What one pod stands for: the mean, or the highest under {@code max}. */
    private double mean(DoubleStream values) {
        return trigger.aggregationType() == AggregationType.MAX
                ? values.max().orElse(0)
                : values.average().orElse(0);
    }

    /** The fleet's total; under {@code max} as if each pod carried as much as the highest. */
    private double total(DoubleStream values) {
        if (trigger.aggregationType() != AggregationType.MAX) {
            return values.sum();
        }
        double[] all = values.toArray();
        return all.length * DoubleStream.of(all).max().orElse(0);
    }

    private static <P extends PodReading> List<P> only(Class<P> state, List<PodReading> pods) {
        return pods.stream().filter(state::isInstance).map(state::cast).toList();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
