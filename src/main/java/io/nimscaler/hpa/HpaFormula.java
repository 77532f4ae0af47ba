package io.nimscaler.hpa;

/**
 * The integer formulas by which the HPA turns an external metric into replicas, in its own units: quantities in thousandths
 * (kubernetes: pkg/controller/podautoscaler/replica_calculator.go).
 *
 * @param tolerance the HPA's, the same up and down; Kubernetes' default is 0.1
 */
public record HpaFormula(double tolerance) {

    /**
     * {@code GetExternalPerPodMetricReplicas}: {@code metricType: AverageValue}.
     *
     * @param statusReplicas present replicas; the HPA compares with these and not with the wanted ones
     */
    public long averageValue(long valueMilli, long targetMilli, int statusReplicas) {
        double ratio = (double) valueMilli / ((double) targetMilli * statusReplicas);
        return isWithinTolerance(ratio) ? statusReplicas : ceil((double) valueMilli / targetMilli);
    }

    /** The fewest replicas that {@link #averageValue} makes of a value, however many are present. */
    public long fewestByAverageValue(long valueMilli, long targetMilli) {
        // It keeps what it compares with up to this ratio; what the division leaves over is no replica
        return ceil((double) valueMilli / ((1.0 + tolerance) * targetMilli) - 1e-9);
    }

    /**
     * {@code GetExternalMetricReplicas}: {@code metricType: Value}.
     *
     * @param specReplicas wanted replicas
     * @param readyPods running and ready pods of the scale target
     */
    public long value(long valueMilli, long targetMilli, int specReplicas, int readyPods) {
        double ratio = (double) valueMilli / targetMilli;
        if (specReplicas == 0) {
            return ceil(ratio);
        }
        return isWithinTolerance(ratio) ? specReplicas : ceil(ratio * readyPods);
    }

    /** Both ends belong to the band ({@code Tolerances.isWithin}). */
    public boolean isWithinTolerance(double ratio) {
        return 1.0 - tolerance <= ratio && ratio <= 1.0 + tolerance;
    }

    private static long ceil(double replicas) {
        return (long) Math.ceil(replicas);
    }
}
