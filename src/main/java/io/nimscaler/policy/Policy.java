package io.nimscaler.policy;

import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.window.ExponentialSmoothing;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Readings of one fleet over time → decisions: section 5 of the design. Holds the only state that a decision depends on
 * besides its reading: the smoothed demand, both windows, and since when no pod has given a sample.
 *
 * <p>Not thread-safe.
 */
public final class Policy {

    private static final Scale NO_SCALE = new Scale(0, 0);

    private final Trigger trigger;
    private final FleetArithmetic arithmetic;
    private final Answers answers;
    private final ExponentialSmoothing smoothing;
    private final SlidingExtreme upscaleWindow;
    private final SlidingExtreme downscaleWindow;
    private Cuts cuts = new Cuts();
    private Optional<Instant> previousAt = Optional.empty();
    private Optional<Instant> noSampleSince = Optional.empty();

    /** A policy that has observed nothing. */
    public Policy(Trigger trigger) {
        this(
                trigger,
                new ExponentialSmoothing(trigger.smoothingUp(), trigger.smoothingDown()),
                SlidingExtreme.lowestOf(trigger.upscaleStabilizationWindow()),
                SlidingExtreme.highestOf(trigger.downscaleStabilizationWindow()));
    }

    private Policy(
            Trigger trigger,
            ExponentialSmoothing smoothing,
            SlidingExtreme upscaleWindow,
            SlidingExtreme downscaleWindow) {
        this.trigger = trigger;
        this.arithmetic = new FleetArithmetic(trigger);
        this.answers = new Answers(trigger);
        this.smoothing = smoothing;
        this.upscaleWindow = upscaleWindow;
        this.downscaleWindow = downscaleWindow;
    }

    /**
     * The policy of an edited trigger, which keeps what was observed.
     *
     * @param edited one that {@link Trigger#measuresTheSameAs measures the same}
     */
    public Policy withTrigger(Trigger edited) {
        Policy next = new Policy(
                edited,
                smoothing.withHalfLives(edited.smoothingUp(), edited.smoothingDown()),
                upscaleWindow.withWindow(edited.upscaleStabilizationWindow()),
                downscaleWindow.withWindow(edited.downscaleStabilizationWindow()));
        next.cuts = Cuts.resumed(cuts.state());
        next.previousAt = previousAt;
        next.noSampleSince = noSampleSince;
        return next;
    }

    /** What it remembers now. */
    public PolicyState state() {
        return new PolicyState(
                previousAt,
                noSampleSince,
                smoothing.value(),
                upscaleWindow.state(),
                downscaleWindow.state(),
                cuts.state());
    }

    /** A policy that goes on from a state that one of this trigger had. */
    public static Policy resumed(Trigger trigger, PolicyState state) {
        Policy fresh = new Policy(trigger);
        Policy next = new Policy(
                trigger,
                fresh.smoothing.resumed(state.smoothed()),
                fresh.upscaleWindow.resumed(state.upscaleWindow()),
                fresh.downscaleWindow.resumed(state.downscaleWindow()));
        next.cuts = Cuts.resumed(state.cuts());
        next.previousAt = state.previousAt();
        next.noSampleSince = state.noSampleSince();
        return next;
    }

    /** The decision on the latest reading. A {@code now} that goes back counts as no time. */
    public Decision decide(Fleet fleet, Instant now) {
        Duration elapsed = elapsedUntil(now);
        return switch (fleet) {
            case Fleet.NotKnown(String reason) -> {
                cuts.askNothing();
                yield new Decision.Unknown(reason, basisOfNothing(now));
            }
            case Fleet.Known known -> {
                cuts.see(known.scale().spec());
                Decision decision = givingBack(decide(known, now, elapsed));
                ask(decision, elapsed);
                yield decision;
            }
        };
    }

    /**
     * Where somebody else took replicas away, and the pods that are left can not say what is needed or are above their target, what the
     * window remembers decides. A hold would keep what was cut: until a model is loaded, and then for another load.
     */
    private Decision givingBack(Decision decision) {
        Basis basis = decision.basis();
        double atTarget = trigger.targetValue() * basis.scale().spec();
        double highest = basis.highest().orElse(0);
        if (highest <= atTarget * (1 + trigger.tolerance())) {
            cuts.forgive();
        }
        if (!cuts.isOwed()) {
            return decision;
        }
        boolean isFull =
                basis.arithmetic().isCarriedKnown() && basis.arithmetic().mean() > trigger.targetValue();
        boolean isShort = switch (decision) {
            case Decision.Report(double value, Basis _) -> isFull && value > atTarget;
            case Decision.Hold(HoldReason reason, Basis _) ->
                switch (reason) {
                    case ALL_STARTING, NO_SAMPLES -> true;
                    case UNDECIDED -> isFull;
                    case TOO_FEW_OBSERVATIONS, STABILIZATION, WINDOW_NOT_FULL -> false;
                };
            case Decision.Unknown _ -> false;
        };
        return isShort ? new Decision.Report(highest, basis) : decision;
    }

    private void ask(Decision decision, Duration elapsed) {
        if (Activity.of(decision, trigger) == Activity.ACTIVE) {
            Scale scale = decision.basis().scale();
            cuts.ask(answers.fewestReplicas(answers.value(decision, scale), scale), elapsed);
        } else {
            cuts.askNothing();
        }
    }

    private Decision decide(Fleet.Known fleet, Instant now, Duration elapsed) {
        double atTarget = trigger.targetValue() * fleet.scale().spec();
        Demand reading = arithmetic.of(fleet, noSampleFor(fleet, now));
        if (isBeyondNumbers(reading.arithmetic())) {
            // Each sample is bounded where it enters; what were not finite here would never leave the smoothing again
            return new Decision.Unknown(
                    "what the pods say does not add up to a finite number",
                    basis(fleet, now, Arithmetic.withoutSamples(0, 0, 0, 0), OptionalDouble.empty()));
        }
        switch (reading) {
            case Demand.Known(double demand, Arithmetic a) -> {
                observe(demand, elapsed);
                Basis basis = basis(fleet, now, a, OptionalDouble.of(demand));
                return stabilized(basis, atTarget);
            }
            case Demand.Bounded(double hi, double observed, Arithmetic a) -> {
                observe(observed, elapsed);
                Basis basis = basis(fleet, now, a, OptionalDouble.of(observed));
                double bound = Math.max(basis.highest().orElse(hi), hi);
                return bound < atTarget ? scaleDown(bound, basis) : new Decision.Hold(HoldReason.UNDECIDED, basis);
            }
            case Demand.Hold(HoldReason reason, OptionalDouble observed, Arithmetic a) -> {
                if (observed.isPresent()) {
                    observe(observed.getAsDouble(), elapsed);
                } else if (reason == HoldReason.UNDECIDED) {
                    smoothing.raiseTo(a.lo());
                    downscaleWindow.include(a.lo());
                }
                return new Decision.Hold(reason, basis(fleet, now, a, observed));
            }
            case Demand.Unknown(String reason, Arithmetic a) -> {
                return new Decision.Unknown(reason, basis(fleet, now, a, OptionalDouble.empty()));
            }
        }
    }

    private static boolean isBeyondNumbers(Arithmetic a) {
        return a.isCarriedKnown() && !Double.isFinite(a.mean() + a.lo() + a.hi());
    }

    /** Stabilization only prevents a change, as the HPA's does. */
    private Decision stabilized(Basis basis, double atTarget) {
        double lowest = basis.lowest().orElseThrow();
        double highest = basis.highest().orElseThrow();
        if (lowest > atTarget) {
            return new Decision.Report(lowest, basis);
        }
        return highest < atTarget ? scaleDown(highest, basis) : new Decision.Hold(HoldReason.STABILIZATION, basis);
    }

    /** After a restart nothing is taken away before the window is full; at one replica there is nothing to protect. */
    private static Decision scaleDown(double value, Basis basis) {
        return basis.windowIsFull() || basis.scale().spec() <= 1
                ? new Decision.Report(value, basis)
                : new Decision.Hold(HoldReason.WINDOW_NOT_FULL, basis);
    }

    private void observe(double demand, Duration elapsed) {
        double smoothed = smoothing.update(demand, elapsed);
        upscaleWindow.add(smoothed, elapsed);
        downscaleWindow.add(smoothed, elapsed);
    }

    /**
     * The time since the last reading. What is longer than a sample stays fresh was not observed (this process stood still),
     * and must not age a peak away.
     */
    private Duration elapsedUntil(Instant now) {
        Duration elapsed = Duration.between(previousAt.orElse(now), now);
        previousAt = Optional.of(now);
        if (elapsed.isNegative()) {
            return Duration.ZERO;
        }
        return elapsed.compareTo(trigger.staleAfter()) > 0 ? trigger.staleAfter() : elapsed;
    }

    private Duration noSampleFor(Fleet.Known fleet, Instant now) {
        if (fleet.pods().stream()
                .anyMatch(pod -> pod instanceof PodReading.Sampled || pod instanceof PodReading.Quiet)) {
            noSampleSince = Optional.empty();
            return Duration.ZERO;
        }
        Instant since = noSampleSince.filter(moment -> !moment.isAfter(now)).orElse(now);
        noSampleSince = Optional.of(since);
        return Duration.between(since, now);
    }

    private Basis basis(Fleet.Known fleet, Instant now, Arithmetic a, OptionalDouble demand) {
        return basis(true, fleet, now, a, demand);
    }

    private Basis basisOfNothing(Instant now) {
        Fleet.Known nothing = new Fleet.Known(NO_SCALE, 0, List.of());
        return basis(false, nothing, now, Arithmetic.withoutSamples(0, 0, 0, 0), OptionalDouble.empty());
    }

    private Basis basis(boolean known, Fleet.Known fleet, Instant now, Arithmetic a, OptionalDouble demand) {
        OptionalDouble highest = downscaleWindow.value();
        if (demand.isPresent() && demand.getAsDouble() > highest.orElse(Double.NEGATIVE_INFINITY)) {
            highest = demand;
        }
        return new Basis(
                now,
                known,
                fleet.scale(),
                fleet.readyPods(),
                a,
                demand,
                smoothing.value(),
                upscaleWindow.value(),
                highest,
                downscaleWindow.remaining());
    }
}
