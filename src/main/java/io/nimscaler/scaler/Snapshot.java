package io.nimscaler.scaler;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one scaler concluded last, immutable: all that any reader needs.
 *
 * @param triggerName see {@link TriggerId#name}
 * @param shadow whether this is a shadow's, which is never told to KEDA
 * @param fleet the reading that the decision was made on: first those of {@code pods} in their order, then replicas that are
 *     wanted and not in our watch
 * @param stateBefore what the policy remembered before this decision; told now and then, since it is large
 * @param unseenLoad the fleet's total of what the signal is {@linkplain io.nimscaler.signal.Signal#blindTo() blind to}: requests that
 *     wait, beside KV usage; empty: not known, or the signal is blind to nothing
 * @param wake what the trigger's wake source says; empty: it names none
 */
public record Snapshot(
        ScaledObjectId scaledObject,
        String triggerName,
        boolean shadow,
        Trigger trigger,
        Fleet fleet,
        Optional<PolicyState> stateBefore,
        Decision decision,
        List<PodStatus> pods,
        OptionalDouble unseenLoad,
        Optional<Wake> wake) {

    private static final Duration CURRENT_FOR = Duration.ofSeconds(15);

    public Snapshot {
        pods = List.copyOf(pods);
    }

    /** Of a trigger that is the only one of its metric, without the readings of its pods. */
    public Snapshot(ScaledObjectId scaledObject, Trigger trigger, Decision decision, List<PodStatus> pods) {
        this(
                scaledObject,
                trigger.metricName(),
                false,
                trigger,
                withoutReadings(decision),
                Optional.empty(),
                decision,
                pods,
                OptionalDouble.empty(),
                Optional.empty());
    }

    private static Fleet withoutReadings(Decision decision) {
        Decision.Basis basis = decision.basis();
        if (decision instanceof Decision.Unknown(String reason, var _) && !basis.isFleetKnown()) {
            return new Fleet.NotKnown(reason);
        }
        return new Fleet.Known(basis.scale(), basis.readyPods(), List.of());
    }

    /** The same decision, and what the wake source says beside it. */
    public Snapshot withWake(Optional<Wake> now) {
        return new Snapshot(
                scaledObject, triggerName, shadow, trigger, fleet, stateBefore, decision, pods, unseenLoad, now);
    }

    /** The same decision, and the load beside it that the signal is blind to. */
    public Snapshot withUnseenLoad(OptionalDouble load) {
        return new Snapshot(scaledObject, triggerName, shadow, trigger, fleet, stateBefore, decision, pods, load, wake);
    }

    /** Whether requests wait although the pods are below their target: the signal does not show what they wait for. */
    public boolean isQueueUnseen() {
        return unseenLoad.orElse(0) > 0
                && decision.basis().arithmetic().isCarriedKnown()
                && decision.basis().arithmetic().mean() < trigger.targetValue();
    }

    /** The metric's value at the present scale. */
    public Answer answer(Scale scale) {
        return new Answers(trigger).value(decision, scale);
    }

    /** The metric's value at the scale of the decision. */
    public Answer answer() {
        return answer(decision.basis().scale());
    }

    /**
     * Whether its scaler still decides, as it does every second. Where it does not, an old number must not pass for the present
     * one.
     */
    public boolean isCurrent(Instant now) {
        return !decision.basis().at().plus(CURRENT_FOR).isBefore(now);
    }

    /** What the HPA's formula makes of the answer at the scale of the decision; empty: it is told nothing, or is off (spec 0). */
    public OptionalLong hpaDesiredReplicas() {
        return new Answers(trigger)
                .hpaDesiredReplicas(
                        answer(), decision.basis().scale(), decision.basis().readyPods());
    }

    /** The same decision without its pods and their readings. */
    public Snapshot withoutPods() {
        return withPods(List.of(), withoutReadings(decision));
    }

    /** The same decision with these pods and readings. */
    public Snapshot withPods(List<PodStatus> others, Fleet readings) {
        return new Snapshot(
                scaledObject, triggerName, shadow, trigger, readings, stateBefore, decision, others, unseenLoad, wake);
    }

    public Activity activity() {
        return Activity.of(decision, trigger, wake);
    }
}
