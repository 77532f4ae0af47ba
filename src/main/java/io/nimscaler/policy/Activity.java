package io.nimscaler.policy;

import io.nimscaler.trigger.Trigger;

/**
 * Whether the scale target has something to do, KEDA's {@code IsActive}. False for {@code cooldownPeriod} scales to zero past
 * every window of the HPA, so only a demand that was low for a whole downscale window may say it.
 */
public enum Activity {
    ACTIVE,
    INACTIVE,
    /** As little known as the value; KEDA then leaves the replicas alone. */
    UNKNOWN;

    public static Activity of(Decision decision, Trigger trigger) {
        if (decision instanceof Decision.Unknown) {
            return UNKNOWN;
        }
        Decision.Basis basis = decision.basis();
        boolean wanted = basis.scale().spec() > 0;
        // A missing pod may be the one that is too busy to answer
        double most = basis.arithmetic().missing() > 0 ? basis.arithmetic().hi() : 0;
        boolean demanded = milli(Math.max(basis.highest().orElse(0), most)) > milli(trigger.activationTargetValue());
        boolean starting = basis.arithmetic().starting() > 0;
        boolean tooEarly = !basis.windowIsFull() && wanted;
        // A hold changes nothing: to go from some replicas to none would be a change
        boolean held = decision instanceof Decision.Hold && wanted;
        return demanded || starting || tooEarly || held ? ACTIVE : INACTIVE;
    }

    /** On the grid of 0.001: the tail of an exponential never reaches 0. */
    private static long milli(double value) {
        return Math.round(value * 1000);
    }
}
