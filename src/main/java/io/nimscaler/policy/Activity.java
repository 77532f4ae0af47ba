package io.nimscaler.policy;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.Wake;
import java.util.Optional;

/**
 * Whether the scale target is active, KEDA's {@code IsActive}. If it is false for {@code cooldownPeriod}, KEDA scales to zero
 * and ignores every window of the HPA. So it is false only after the demand was low for a whole downscale window.
 */
public enum Activity {
    ACTIVE,
    INACTIVE,
    /** As little known as the value; KEDA then leaves the replicas alone. */
    UNKNOWN;

    public static Activity of(Decision decision, Trigger trigger) {
        return switch (decision) {
            case Decision.Unknown _ -> UNKNOWN;
            case Decision.Report(double _, var basis) -> isActive(basis, false, trigger) ? ACTIVE : INACTIVE;
            case Decision.Hold(HoldReason _, var basis) -> isActive(basis, true, trigger) ? ACTIVE : INACTIVE;
        };
    }

    private static boolean isActive(Decision.Basis.Known basis, boolean hold, Trigger trigger) {
        boolean wanted = basis.scale().spec() > 0;
        // A missing pod may be the one that is too busy to answer
        double most = basis.counts().missing() > 0
                ? basis.carried().map(Carried::atMost).orElse(0.0)
                : 0;
        boolean demanded = milli(Math.max(basis.windows().highest().orElse(0), most))
                > milli(trigger.target().activation());
        boolean starting = basis.counts().starting() > 0;
        boolean tooEarly = !basis.windows().isFull() && wanted;
        // A hold changes nothing: to go from some replicas to none would be a change
        boolean held = hold && wanted;
        return demanded || starting || tooEarly || held;
    }

    /**
     * The same with a wake source beside it. Its demand is activity whatever the pods say, and without wanted replicas it alone
     * decides. Where it is unknown nothing changes: no replica comes, and the last one does not go.
     */
    public static Activity of(Decision decision, Trigger trigger, Optional<Wake> wake) {
        Activity ofPods = of(decision, trigger);
        if (wake.isEmpty()) {
            return ofPods;
        }
        boolean atZero = decision.basis().isAtZero();
        return switch (wake.get()) {
            case Wake.Demanded _ -> ACTIVE;
            case Wake.Quiet _ -> atZero ? INACTIVE : ofPods;
            // Not UNKNOWN where replicas are wanted: KEDA would then drop the metric, too
            case Wake.Unknown _ when atZero -> UNKNOWN;
            case Wake.Unknown _ -> ofPods == INACTIVE ? ACTIVE : ofPods;
        };
    }

    /** On the grid of 0.001: the tail of an exponential never reaches 0. */
    private static long milli(double value) {
        return Math.round(value * 1000);
    }
}
