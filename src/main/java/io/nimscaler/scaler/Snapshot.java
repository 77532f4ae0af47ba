package io.nimscaler.scaler;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.PodReading;
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
 * The latest decision of one scaler, with all that a reader needs. Immutable.
 *
 * @param triggerName see {@link TriggerId#name}
 * @param shadow whether this is a shadow's, which is never told to KEDA
 * @param stateBefore what the policy remembered before this decision; told now and then, since it is large
 * @param unseenLoad the fleet's total of what the signal is {@linkplain io.nimscaler.signal.Signal#blindTo() blind to}: requests that
 *     wait, beside KV usage; empty: not known, or the signal is blind to nothing
 * @param decision its readings are first those of {@code pods} in their order, then replicas that are wanted and not in our watch
 * @param wake what the trigger's wake source says; empty: it names none
 * @param circumstances what was seen beside the decision
 */
public record Snapshot(
        ScaledObjectId scaledObject,
        String triggerName,
        boolean shadow,
        Trigger trigger,
        Optional<PolicyState> stateBefore,
        Decision decision,
        List<PodStatus> pods,
        OptionalDouble unseenLoad,
        Optional<Wake> wake,
        Circumstances circumstances) {

    /** A decision stands for so long; the next one is due within a second, and a clock may be a little ahead of another. */
    public static final Duration CURRENT_FOR = Duration.ofSeconds(15);

    public Snapshot {
        pods = List.copyOf(pods);
    }

    /** Of a trigger that is the only one of its metric. */
    public Snapshot(ScaledObjectId scaledObject, Trigger trigger, Decision decision, List<PodStatus> pods) {
        this(
                scaledObject,
                trigger.metricName(),
                false,
                trigger,
                Optional.empty(),
                decision,
                pods,
                OptionalDouble.empty(),
                Optional.empty(),
                Circumstances.UNWATCHED);
    }

    /** The same decision, and what the wake source says beside it. */
    public Snapshot withWake(Optional<Wake> now) {
        return new Snapshot(
                scaledObject,
                triggerName,
                shadow,
                trigger,
                stateBefore,
                decision,
                pods,
                unseenLoad,
                now,
                circumstances);
    }

    /** The same decision, and the load beside it that the signal is blind to. */
    public Snapshot withUnseenLoad(OptionalDouble load) {
        return new Snapshot(
                scaledObject, triggerName, shadow, trigger, stateBefore, decision, pods, load, wake, circumstances);
    }

    /** Whether requests wait although the pods are below their target: the signal does not show what they wait for. */
    public boolean isQueueUnseen() {
        return unseenLoad.orElse(0) > 0
                && decision.basis()
                        .carried()
                        .filter(carried -> carried.mean() < trigger.target().value())
                        .isPresent();
    }

    /** The metric's value at the present scale. */
    public Answer answer(Scale scale) {
        return new Answers(trigger).value(decision, scale);
    }

    /** The metric's value at the scale of the decision. */
    public Answer answer() {
        return switch (decision.basis()) {
            case Basis.Known known -> answer(known.scale());
            case Basis.NotKnown notKnown ->
                new Answer.Unavailable(notKnown.fleet().reason());
        };
    }

    /**
     * Whether its scaler still decides, as it does every second. Where it does not, an old number must not pass for the present
     * one.
     */
    public boolean isCurrent(Instant now) {
        return !decision.basis().at().plus(CURRENT_FOR).isBefore(now);
    }

    /** The pods that are missing, where it is known why. */
    public List<PodStatus> unreadablePods() {
        return pods.stream().filter(PodStatus::isUnreadable).toList();
    }

    /** The pods that are starting, where it is known what keeps them from running. */
    public List<PodStatus> blockedPods() {
        return pods.stream()
                .filter(pod -> pod.state() == PodState.STARTING && pod.problem().isPresent())
                .toList();
    }

    /** What the HPA's formula makes of the answer at the scale of the decision; empty: it is told nothing, or is off (spec 0). */
    public OptionalLong hpaDesiredReplicas() {
        return switch (decision.basis()) {
            case Basis.Known known ->
                new Answers(trigger)
                        .hpaDesiredReplicas(
                                answer(), known.scale(), known.fleet().readyPods());
            case Basis.NotKnown _ -> OptionalLong.empty();
        };
    }

    /** The same decision without its pods, their readings and its circumstances. */
    public Snapshot withoutPods() {
        return with(List.of(), List.of(), Circumstances.UNWATCHED);
    }

    /** The same decision with these pods and readings. */
    public Snapshot withPods(List<PodStatus> others, List<PodReading> readings) {
        return with(others, readings, circumstances);
    }

    private Snapshot with(List<PodStatus> others, List<PodReading> readings, Circumstances otherCircumstances) {
        return new Snapshot(
                scaledObject,
                triggerName,
                shadow,
                trigger,
                stateBefore,
                decision.withPods(readings),
                others,
                unseenLoad,
                wake,
                otherCircumstances);
    }

    public Activity activity() {
        return Activity.of(decision, trigger, wake);
    }
}
