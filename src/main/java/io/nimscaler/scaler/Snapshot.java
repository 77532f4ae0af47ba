package io.nimscaler.scaler;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What one scaler concluded last, immutable: all that any reader needs. */
public record Snapshot(ScaledObjectId scaledObject, Trigger trigger, Decision decision, List<PodStatus> pods) {

    private static final Duration CURRENT_FOR = Duration.ofSeconds(15);

    public Snapshot {
        pods = List.copyOf(pods);
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
        return new Snapshot(scaledObject, trigger, decision, List.of());
    }

    public Activity activity() {
        return Activity.of(decision, trigger);
    }
}
