package io.nimscaler.trigger;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.signal.Signal;
import java.util.Objects;
import java.util.Optional;

/**
 * The metadata of one trigger, validated. A call of KEDA finds its trigger by equality with {@link #asCalled}.
 *
 * @param metricName the name under which the metric goes to the HPA; depends only on what can not change without an edit
 *     of the ScaledObject, since KEDA loses a metric whose name changes under it
 * @param modelName only series with this {@code model_name}
 * @param metricType by which formula the HPA compares; empty: as a call shows the trigger, for the ScaledObject alone says it
 * @param shadow another policy on the same pods, which is computed and shown and never told to KEDA; has none itself
 */
public record Trigger(
        String metricName,
        Signal signal,
        Optional<String> modelName,
        Target target,
        Reading reading,
        Deadlines deadlines,
        Stabilization stabilization,
        Waking waking,
        Optional<MetricType> metricType,
        Optional<Trigger> shadow) {

    /** By what tells triggers apart as a rule: each call looks one up, and all that a signal reads is long. */
    @Override
    public int hashCode() {
        return Objects.hash(metricName, modelName, target, reading.pollInterval());
    }

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
                modelName,
                target,
                reading,
                deadlines,
                stabilization,
                waking,
                newMetricType,
                newShadow);
    }

    /** How the pods' values become the fleet's: as stated, else so that it fits what the HPA compares. */
    public AggregationType aggregationType() {
        return target.statedAggregation()
                .orElseGet(() -> metricType.filter(MetricType.VALUE::equals).isPresent()
                        ? AggregationType.AVERAGE
                        : AggregationType.SUM);
    }

    /**
     * What is wrong with its aggregation where the HPA compares by another formula: whatever was reported, it would make another number
     * of replicas of it. Empty: it fits, or it is not known by which.
     */
    public Optional<Violation> mismatch() {
        return metricType.filter(type -> !aggregationType().fits(type)).map(type -> {
            String expected = type == MetricType.VALUE
                    ? "average or max under metricType Value; or remove metricType"
                    : "sum under metricType AverageValue (KEDA's default); or write metricType: Value beside the trigger's type, or in"
                            + " scalingModifiers if there is a formula";
            return new Violation(
                    TriggerKey.AGGREGATION_TYPE.key(),
                    Optional.of(aggregationType().key()),
                    expected,
                    Optional.empty());
        });
    }

    /** The signal that is read beside its own to know what one request takes; empty: its own knows, or it is not needed. */
    public Optional<Signal> costedBeside() {
        return waking.demandSource().flatMap(_ -> signal.costedBy()).filter(cost -> !cost.equals(signal));
    }

    /** Whether the pods with the fewest requests are to go first. */
    public boolean isIdlestFirst() {
        return stabilization.scaleDown() == ScaleDown.IDLEST;
    }

    /** Whether the samples and windows of {@code other} mean the same, so that they outlive an edit from it to this. */
    public boolean measuresTheSameAs(Trigger other) {
        return signal.equals(other.signal)
                && aggregationType() == other.aggregationType()
                && modelName.equals(other.modelName)
                && reading.asksTheSameAs(other.reading);
    }
}
