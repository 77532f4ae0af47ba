package io.nimscaler.trigger;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.signal.Signal;
import java.time.Duration;
import java.util.Optional;

/**
 * The metadata of one trigger, validated. A call of KEDA finds its trigger by equality with {@link #asCalled}.
 *
 * @param metricName the name under which the metric goes to the HPA; depends only on what can not change without an edit
 *     of the ScaledObject, since KEDA loses a metric whose name changes under it
 * @param targetValue T: what one replica should carry, in the signal's unit; at least 0.01, a multiple of 0.001
 * @param statedAggregation empty: the metadata do not say, and it follows from {@code metricType}
 * @param activationTargetValue active above this demand
 * @param staleAfter a sample older than this is not fresh
 * @param unavailableAfter how long no sample at all is bridged by a hold
 * @param startingDeadline how long a pod may be starting before it counts as stuck
 * @param tolerance the HPA's, 0..0.5
 * @param loadingCredit whether, on the way up, each starting pod is credited with T of the load that there is
 * @param modelName only series with this {@code model_name}
 * @param podSelector label selector instead of the scale target's own
 * @param podAuth name of the trust and credentials that the scaler's own settings hold for these pods
 * @param wakeSource name of the source in the scaler's own settings that wakes a scale target without pods
 * @param wakeModelName the model as that source spells it; as {@code modelName} where nothing else is said
 * @param metricType by which formula the HPA compares; empty: as a call shows the trigger, for the ScaledObject alone says it
 * @param shadow another policy on the same pods, which is computed and shown and never told to KEDA; has none itself
 */
public record Trigger(
        String metricName,
        Signal signal,
        double targetValue,
        double activationTargetValue,
        Optional<AggregationType> statedAggregation,
        Duration pollInterval,
        Duration staleAfter,
        Duration unavailableAfter,
        Duration startingDeadline,
        double tolerance,
        Duration smoothingUp,
        Duration smoothingDown,
        Duration downscaleStabilizationWindow,
        Duration upscaleStabilizationWindow,
        boolean loadingCredit,
        Scheme scheme,
        PodPort port,
        MetricsPath path,
        Optional<String> modelName,
        Optional<String> podSelector,
        Optional<String> podAuth,
        Optional<String> wakeSource,
        Optional<String> wakeModelName,
        Optional<MetricType> metricType,
        Optional<Trigger> shadow) {

    private static final Duration MAX_DECISION_INTERVAL = Duration.ofSeconds(1);

    /** The same trigger beside this shadow. */
    Trigger withShadow(Trigger other) {
        return with(metricType, Optional.of(other));
    }

    /** The same trigger where the HPA compares by this formula. */
    public Trigger under(MetricType type) {
        return with(Optional.of(type), shadow.map(other -> other.under(type)));
    }

    /** The same trigger as a call of KEDA shows it, which does not say by which formula the HPA compares. */
    public Trigger asCalled() {
        return with(Optional.empty(), shadow.map(Trigger::asCalled));
    }

    private Trigger with(Optional<MetricType> newMetricType, Optional<Trigger> newShadow) {
        return new Trigger(
                metricName,
                signal,
                targetValue,
                activationTargetValue,
                statedAggregation,
                pollInterval,
                staleAfter,
                unavailableAfter,
                startingDeadline,
                tolerance,
                smoothingUp,
                smoothingDown,
                downscaleStabilizationWindow,
                upscaleStabilizationWindow,
                loadingCredit,
                scheme,
                port,
                path,
                modelName,
                podSelector,
                podAuth,
                wakeSource,
                wakeModelName,
                newMetricType,
                newShadow);
    }

    /** How the pods' values become the fleet's: as stated, else so that it fits what the HPA compares. */
    public AggregationType aggregationType() {
        return statedAggregation.orElseGet(
                () -> metricType.filter(MetricType.VALUE::equals).isPresent()
                        ? AggregationType.AVERAGE
                        : AggregationType.SUM);
    }

    /**
     * What is wrong with its aggregation where the HPA compares by another formula: whatever was reported, it would make another number
     * of replicas of it. Empty: it fits, or nobody says by which.
     */
    public Optional<Violation> mismatch() {
        return metricType.filter(type -> !aggregationType().fits(type)).map(type -> {
            String expected = type == MetricType.VALUE
                    ? "average or max under metricType Value; or take metricType out"
                    : "sum under metricType AverageValue (KEDA's default); or write metricType: Value beside the trigger's type, or in"
                            + " scalingModifiers where there is a formula";
            return new Violation(
                    TriggerKey.AGGREGATION_TYPE.key(),
                    Optional.of(aggregationType().key()),
                    expected,
                    Optional.empty());
        });
    }

    /** How often a reading of the fleet is made from the latest samples: min(pollInterval, 1 s). */
    public Duration decisionInterval() {
        return pollInterval.compareTo(MAX_DECISION_INTERVAL) < 0 ? pollInterval : MAX_DECISION_INTERVAL;
    }

    /** Whether the samples and windows of {@code other} mean the same, so that they outlive an edit from it to this. */
    public boolean measuresTheSameAs(Trigger other) {
        return signal.equals(other.signal)
                && aggregationType() == other.aggregationType()
                && scheme == other.scheme
                && port.equals(other.port)
                && path.equals(other.path)
                && modelName.equals(other.modelName)
                && podSelector.equals(other.podSelector);
    }
}
