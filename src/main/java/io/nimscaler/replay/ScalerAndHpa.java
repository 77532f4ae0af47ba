package io.nimscaler.replay;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Policy;
import io.nimscaler.trigger.Trigger;
import java.time.Instant;
import java.util.OptionalLong;

/** This scaler's policy, KEDA and the HPA, one behind the other. */
final class ScalerAndHpa implements ClosedLoop.Autoscaler<FluidFleet> {

    private static final int MOST_BETWEEN_DECISIONS = 15;

    private final Trigger trigger;
    private final FleetSettings settings;
    private final Policy policy;
    private final Answers answers;
    private final HpaModel hpa;
    private final long began;
    private final long decidesEvery;
    private double polled = Double.NEGATIVE_INFINITY;
    private double activeAt;

    /**
     * @param began the moment 0 of the simulation, in seconds since 1970
     */
    ScalerAndHpa(Trigger trigger, FleetSettings settings, long began) {
        this.trigger = trigger;
        this.settings = settings;
        this.policy = new Policy(trigger);
        this.answers = new Answers(trigger);
        this.hpa = new HpaModel(
                new HpaFormula(trigger.stabilization().tolerance()),
                trigger.aggregationType().isPerPod() ? MetricType.VALUE : MetricType.AVERAGE_VALUE,
                Math.max(1, settings.least()),
                settings.most(),
                settings.behavior());
        this.began = began;
        this.decidesEvery = Math.clamp(trigger.deadlines().staleAfter().toSeconds(), 1, MOST_BETWEEN_DECISIONS);
    }

    /** What it sees has been so for as long as it looks back. */
    void settleOn(FluidFleet fleet) {
        double back = trigger.stabilization().window().down().toSeconds() + 60;
        for (double ago = back; ago > 0; ago -= 10) {
            policy.decide(fleet.reading(), instant(-ago));
        }
    }

    private Instant instant(double seconds) {
        return Instant.ofEpochSecond(began).plusMillis((long) (seconds * 1000));
    }

    /**
     * Before each sync, at the end of each peak, and before a sample would be stale: between two decisions smoothing and windows go by time, and what more of them would
     * see is the same.
     */
    @Override
    public void tick(FluidFleet fleet) {
        boolean due = fleet.falls() || fleet.now() % decidesEvery == 0;
        if (due && fleet.now() % settings.syncPeriod().toSeconds() != 0) {
            decide(fleet);
        }
    }

    private Decision decide(FluidFleet fleet) {
        return policy.decide(fleet.reading(), instant(fleet.now()));
    }

    @Override
    public int sync(FluidFleet fleet) {
        Decision decision = decide(fleet);
        if (fleet.spec() == 0) {
            return wake(fleet);
        }
        if (Activity.of(decision, trigger) != Activity.INACTIVE) {
            activeAt = fleet.now();
        }
        if (settings.least() == 0
                && fleet.now() - activeAt >= settings.cooldownPeriod().toSeconds()) {
            return 0;
        }
        OptionalLong value = answers.value(decision, fleet.scale()) instanceof Answer.Value(long milli)
                ? OptionalLong.of(milli)
                : OptionalLong.empty();
        return hpa.sync(
                value,
                answers.targetMilli(),
                fleet.spec(),
                fleet.scale().status(),
                fleet.ready(),
                instant(fleet.now()));
    }

    /** KEDA looks every {@code pollingInterval}; what its wake source says is the demand. */
    private int wake(FluidFleet fleet) {
        if (fleet.now() - polled < settings.pollingInterval().toSeconds()) {
            return 0;
        }
        polled = fleet.now();
        activeAt = fleet.now();
        return fleet.isLoaded() ? 1 : 0;
    }
}
