package io.nimscaler.web;

import io.nimscaler.history.Transitions.Transition;
import io.nimscaler.scaler.TriggerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a trigger's state or of its wanted replicas.
 *
 * @param state as of a decision
 * @param replicasWanted null: not known
 * @param summary of the decision at that moment
 */
record TransitionView(
        String triggerName,
        Instant at,
        String state,
        @Nullable Integer replicasWanted,
        String summary) {

    static TransitionView of(TriggerId trigger, Transition transition) {
        return new TransitionView(
                trigger.name(),
                transition.at(),
                transition.state().label(),
                transition.replicas().isPresent() ? transition.replicas().getAsInt() : null,
                transition.text());
    }
}
