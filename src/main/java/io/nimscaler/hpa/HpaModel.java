package io.nimscaler.hpa;

import io.nimscaler.hpa.HpaBehavior.Policy;
import io.nimscaler.hpa.HpaBehavior.Rules;
import io.nimscaler.hpa.HpaBehavior.Select;
import io.nimscaler.hpa.HpaBehavior.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * One HPA over time: the formula, {@code minReplicas} and {@code maxReplicas}, and its behavior (kubernetes:
 * pkg/controller/podautoscaler/horizontal.go, {@code stabilizeRecommendationWithBehaviors} and {@code
 * convertDesiredReplicasWithBehaviorRate}).
 */
public final class HpaModel {

    /** Of a policy; the API server takes no longer one. */
    private static final Duration LONGEST_PERIOD = Duration.ofMinutes(30);

    private record Recommendation(Instant at, long replicas) {}

    private record Change(Instant at, int replicas) {}

    private final HpaFormula formula;
    private final MetricType metricType;
    private final int minReplicas;
    private final int maxReplicas;
    private final HpaBehavior behavior;
    private final Deque<Recommendation> recommendations = new ArrayDeque<>();
    private final Deque<Change> changes = new ArrayDeque<>();

    /** One whose changes are not bounded but for the downscale window. */
    public HpaModel(
            HpaFormula formula, MetricType metricType, int minReplicas, int maxReplicas, Duration downscaleWindow) {
        this(formula, metricType, minReplicas, maxReplicas, HpaBehavior.unlimited(downscaleWindow));
    }

    public HpaModel(HpaFormula formula, MetricType metricType, int minReplicas, int maxReplicas, HpaBehavior behavior) {
        this.formula = formula;
        this.metricType = metricType;
        this.minReplicas = minReplicas;
        this.maxReplicas = maxReplicas;
        this.behavior = behavior;
    }

    /**
     * One sync.
     *
     * @param valueMilli the metric in thousandths; empty: it could not be had, and nothing changes
     * @return the replicas that the HPA writes to {@code spec}
     */
    public int sync(OptionalLong valueMilli, long targetMilli, int spec, int status, int readyPods, Instant now) {
        if (valueMilli.isEmpty()) {
            return spec;
        }
        return settle(desired(valueMilli.getAsLong(), targetMilli, spec, status, readyPods), spec, now);
    }

    /** What this metric alone asks for, before minimum, maximum and behavior. Of several metrics the HPA takes the largest. */
    public long desired(long valueMilli, long targetMilli, int spec, int status, int readyPods) {
        return switch (metricType) {
            case AVERAGE_VALUE -> formula.averageValue(valueMilli, targetMilli, status);
            case VALUE -> formula.value(valueMilli, targetMilli, spec, readyPods);
        };
    }

    /** What becomes of it: windows, then rates, then minimum and maximum. */
    public int settle(long desired, int spec, Instant now) {
        Instant remembered = now.minus(LONGEST_PERIOD);
        changes.removeIf(change -> change.at().isBefore(remembered));
        long stabilized = stabilize(desired, spec, now);
        int replicas = (int) Math.min(Math.max(withinRates(stabilized, spec, now), minReplicas), maxReplicas);
        if (replicas != spec) {
            changes.addLast(new Change(now, replicas - spec));
        }
        return replicas;
    }

    private long stabilize(long desired, int spec, Instant now) {
        long bounded = Math.min(Math.max(desired, minReplicas), maxReplicas);
        Duration up = behavior.scaleUp().stabilizationWindow();
        Duration down = behavior.scaleDown().stabilizationWindow();
        Duration longest = up.compareTo(down) > 0 ? up : down;
        Instant upSince = now.minus(up);
        Instant downSince = now.minus(down);
        Instant since = now.minus(longest);
        recommendations.removeIf(old -> old.at().isBefore(since));
        long lowest = bounded;
        long highest = bounded;
        for (Recommendation one : recommendations) {
            lowest = one.at().isBefore(upSince) ? lowest : Math.min(lowest, one.replicas());
            highest = one.at().isBefore(downSince) ? highest : Math.max(highest, one.replicas());
        }
        recommendations.addLast(new Recommendation(now, bounded));
        return Math.min(Math.max(spec, lowest), highest);
    }

    private long withinRates(long wanted, int spec, Instant now) {
        if (wanted > spec) {
            return Math.min(wanted, Math.max(spec, limit(behavior.scaleUp(), spec, now, 1)));
        }
        return wanted < spec ? Math.max(wanted, Math.min(spec, limit(behavior.scaleDown(), spec, now, -1))) : wanted;
    }

    /**
     * @param sign 1 on the way up, -1 on the way down
     */
    private long limit(Rules rules, int spec, Instant now, int sign) {
        if (rules.select() == Select.DISABLED) {
            return spec;
        }
        List<Long> limits = rules.policies().stream()
                .map(policy -> limit(policy, spec, now, sign))
                .toList();
        boolean furthest = rules.select() == Select.MAX;
        LongStream all = limits.stream().mapToLong(Long::longValue);
        return (furthest == (sign > 0) ? all.max() : all.min()).orElse(sign > 0 ? Long.MAX_VALUE : 0);
    }

    /** A policy counts from the replicas that there were when its period began. */
    private long limit(Policy policy, int spec, Instant now, int sign) {
        Instant began = now.minus(policy.period());
        int changed = changes.stream()
                .filter(change -> change.at().isAfter(began))
                .mapToInt(Change::replicas)
                .sum();
        int atBeginning = spec - changed;
        if (policy.type() == Type.PODS) {
            return atBeginning + (long) sign * policy.value();
        }
        double share = atBeginning * (1 + sign * policy.value() / 100.0);
        return (long) (sign > 0 ? Math.ceil(share) : Math.floor(share));
    }
}
