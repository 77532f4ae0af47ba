package io.nimscaler.scaler;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one scaler concluded last, immutable: all that any reader needs.
 *
 * @param unseenLoad the fleet's total of what the signal is {@linkplain io.nimscaler.signal.Signal#blindTo() blind to}: requests that
 *     wait, beside KV usage; empty: not known, or the signal is blind to nothing
 * @param wake what the trigger's wake source says; empty: it names none
 */
public record Snapshot(
        ScaledObjectId scaledObject,
        Trigger trigger,
        Decision decision,
        List<PodStatus> pods,
        OptionalDouble unseenLoad,
        Optional<Wake> wake) {

    private static final Duration CURRENT_FOR = Duration.ofSeconds(15);

    public Snapshot {
        pods = List.copyOf(pods);
    }

    public Snapshot(ScaledObjectId scaledObject, Trigger trigger, Decision decision, List<PodStatus> pods) {
        this(scaledObject, trigger, decision, pods, OptionalDouble.empty());
    }

    public Snapshot(
            ScaledObjectId scaledObject,
            Trigger trigger,
            Decision decision,
            List<PodStatus> pods,
            OptionalDouble unseenLoad) {
        this(scaledObject, trigger, decision, pods, unseenLoad, Optional.empty());
    }

    /** The same decision, and what the wake source says beside it. */
    public Snapshot withWake(Optional<Wake> now) {
        return new Snapshot(scaledObject, trigger, decision, pods, unseenLoad, now);
    }

    /** Whether requests wait although the pods are below their target: the signal does not show what they wait for. */
    public boolean isQueueUnseen() {
        return unseenLoad.orElse(0) > 0
                && decision.basis().arithmetic().sampled() > 0
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

    /** The same decision for long keeping. */
    public Snapshot withoutPods() {
        return new Snapshot(scaledObject, trigger, decision, List.of(), unseenLoad, wake);
    }

    public Activity activity() {
        return Activity.of(decision, trigger, wake);
    }
}
