package io.nimscaler.scaler;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.trigger.Trigger;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What happens to a trigger's replicas by its latest decision.
 *
 * @param reached the replicas at which the HPA ends, within the ScaledObject's minimum and maximum, before its own windows and rates;
 *     empty: it is told nothing, or is off (0 replicas)
 * @param asked the same by the HPA's formula alone, without minimum and maximum
 * @param needed the replicas that the smoothed load of this moment needs, without windows, minimum and maximum; empty where the load is
 *     not known, or no replica is wanted
 */
public record Standing(State state, OptionalLong reached, OptionalLong asked, OptionalLong needed) {

    /**
     * @param bounds empty: not known
     */
    public static Standing of(Snapshot snapshot, Optional<ReplicaBounds> bounds) {
        OptionalLong asked = snapshot.hpaDesiredReplicas();
        OptionalLong reached = clamp(asked, bounds);
        OptionalLong needed = needed(snapshot);
        State state = switch (snapshot.decision().basis()) {
            case Basis.NotKnown _ -> State.UNKNOWN;
            case Basis.Known basis ->
                snapshot.answer() instanceof Answer.Unavailable
                        ? State.UNKNOWN
                        : state(snapshot.decision(), basis.scale().spec(), asked, reached, clamp(needed, bounds));
        };
        return new Standing(state, reached, asked, needed);
    }

    private static State state(
            Decision decision, int spec, OptionalLong asked, OptionalLong reached, OptionalLong needed) {
        Optional<State> held =
                decision instanceof Decision.Hold(HoldReason reason, var _) ? held(reason) : Optional.empty();
        if (held.isPresent()) {
            return held.get();
        }
        if (reached.isEmpty() || spec == 0) {
            return State.NORMAL;
        }
        if (reached.getAsLong() != spec) {
            return reached.getAsLong() > spec ? State.SCALING_UP : State.SCALING_DOWN;
        }
        if (asked.orElse(spec) > spec) {
            return State.AT_MAXIMUM;
        }
        return needed.orElse(spec) == spec ? State.NORMAL : State.WAITING;
    }

    /** Empty: held by the windows, whether there is something to hold or not. */
    private static Optional<State> held(HoldReason reason) {
        return switch (reason) {
            case STABILIZATION, WINDOW_NOT_FULL, STEP_TAKEN_BACK -> Optional.empty();
            case REQUESTS_WAITING, REQUESTS_REFUSED -> Optional.of(State.KEEPING);
            case ALL_STARTING, NO_SAMPLES, TOO_FEW_OBSERVATIONS, UNDECIDED, DEMAND_SOURCE_UNKNOWN ->
                Optional.of(State.HOLDING);
        };
    }

    private static OptionalLong clamp(OptionalLong replicas, Optional<ReplicaBounds> bounds) {
        return replicas.isPresent() && bounds.isPresent()
                ? OptionalLong.of(bounds.get().clamp(replicas.getAsLong()))
                : replicas;
    }

    /** As the HPA's formula would have it of the total load. A load that has just risen is no reason to have fewer. */
    private static OptionalLong needed(Snapshot snapshot) {
        OptionalDouble load = snapshot.decision().basis().demand();
        OptionalDouble smoothed = snapshot.decision().basis().windows().smoothed();
        int spec = snapshot.decision()
                .basis()
                .known()
                .map(basis -> basis.scale().spec())
                .orElse(0);
        if (spec == 0 || load.isEmpty() || smoothed.isEmpty()) {
            return OptionalLong.empty();
        }
        long atMost = replicas(Math.max(load.getAsDouble(), smoothed.getAsDouble()), spec, snapshot.trigger());
        return OptionalLong.of(
                atMost < spec ? atMost : Math.max(spec, replicas(smoothed.getAsDouble(), spec, snapshot.trigger())));
    }

    private static long replicas(double load, int spec, Trigger trigger) {
        return new HpaFormula(trigger.stabilization().tolerance())
                .averageValue(Math.round(load * 1000), new Answers(trigger).targetMilli(), spec);
    }
}
