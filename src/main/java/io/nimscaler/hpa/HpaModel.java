package io.nimscaler.hpa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * One HPA over time with one external metric: the formula, {@code minReplicas} and {@code maxReplicas}, and the downscale
 * stabilization (kubernetes: pkg/controller/podautoscaler/horizontal.go, {@code stabilizeRecommendation}). Its rate policies
 * are not modelled; the default ones let it double or add four pods every 15 s.
 */
public final class HpaModel {

    /** Which of the HPA's two formulas for an external metric applies. */
    public enum MetricType {
        AVERAGE_VALUE,
        VALUE
    }

    private record Recommendation(Instant at, int replicas) {}

    private final HpaFormula formula;
    private final MetricType metricType;
    private final int minReplicas;
    private final int maxReplicas;
    private final Duration downscaleWindow;
    private final Deque<Recommendation> recommendations = new ArrayDeque<>();

    public HpaModel(
            HpaFormula formula, MetricType metricType, int minReplicas, int maxReplicas, Duration downscaleWindow) {
        this.formula = formula;
        this.metricType = metricType;
        this.minReplicas = minReplicas;
        this.maxReplicas = maxReplicas;
        this.downscaleWindow = downscaleWindow;
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
        long wanted = switch (metricType) {
            case AVERAGE_VALUE -> formula.averageValue(valueMilli.getAsLong(), targetMilli, status);
            case VALUE -> formula.value(valueMilli.getAsLong(), targetMilli, spec, readyPods);
        };
        int replicas = (int) Math.min(Math.max(wanted, minReplicas), maxReplicas);
        recommendations.removeIf(old -> old.at().isBefore(now.minus(downscaleWindow)));
        recommendations.addLast(new Recommendation(now, replicas));
        int highest = recommendations.stream()
                .mapToInt(Recommendation::replicas)
                .max()
                .orElse(replicas);
        return replicas < spec ? Math.min(spec, highest) : replicas;
    }
}
