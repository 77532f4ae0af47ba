package io.nimscaler.policy;

import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.window.ExponentialSmoothing;
import io.nimscaler.window.ObservedTime;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Readings of one fleet over time → decisions: {@code deciding.md}, "Time". Holds the only state that a decision depends on besides its
 * reading: the smoothed demand, both windows, the steps down, the replicas that another writer took away, and since when no pod has given
 * a sample.
 *
 * <p>Not thread-safe.
 */
public final class Policy {

    private final Trigger trigger;
    private final TotalRules rules;
    private final Answers answers;
    private final ExponentialSmoothing smoothing;
    private final SlidingExtreme upscaleWindow;
    private final SlidingExtreme downscaleWindow;
    private final Steps steps;
    private final boolean isBlindToQueues;
    private Cuts cuts = new Cuts();
    private Optional<Instant> previousAt = Optional.empty();
    private Optional<Instant> noSampleSince = Optional.empty();

    /** A policy that has observed nothing. */
    public Policy(Trigger trigger) {
        this(
                trigger,
                new ExponentialSmoothing(
                        trigger.stabilization().smoothing().up(),
                        trigger.stabilization().smoothing().down()),
                SlidingExtreme.lowestOf(trigger.stabilization().window().up()),
                SlidingExtreme.highestOf(trigger.stabilization().window().down()));
    }

    private Policy(
            Trigger trigger,
            ExponentialSmoothing smoothing,
            SlidingExtreme upscaleWindow,
            SlidingExtreme downscaleWindow) {
        this.trigger = trigger;
        this.rules = new TotalRules(trigger);
        this.answers = new Answers(trigger);
        this.steps = new Steps(trigger);
        this.isBlindToQueues = trigger.signal().blindTo().isPresent();
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
                smoothing.withHalfLives(
                        edited.stabilization().smoothing().up(),
                        edited.stabilization().smoothing().down()),
                upscaleWindow.withWindow(edited.stabilization().window().up()),
                downscaleWindow.withWindow(edited.stabilization().window().down()));
        next.cuts = Cuts.resumed(cuts.state());
        next.steps.resumeAfterEdit(steps);
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
                steps.state(),
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
        next.steps.resume(state.steps());
        next.previousAt = state.previousAt();
        next.noSampleSince = state.noSampleSince();
        return next;
    }

    /** The decision on the latest reading. A {@code now} that goes back counts as no time. */
    public Decision decide(Fleet fleet, Instant now) {
        Duration elapsed = elapsedUntil(now);
        return switch (fleet) {
            case Fleet.NotKnown notKnown -> {
                cuts.askNothing();
                yield new Decision.Unknown(
                        notKnown.reason(), new Basis.NotKnown(now, notKnown, windows(OptionalDouble.empty())));
            }
            case Fleet.Known known -> {
                int spec = known.scale().spec();
                steps.pass(elapsed);
                if (steps.endAt(spec, cuts.lastSeen(), downscaleWindow.value())) {
                    // What a fleet of another size read says little of this one
                    downscaleWindow.observeAnew();
                }
                cuts.see(spec);
                boolean stepped = steps.isUnderWay();
                Decision decision = serving(givingBack(decide(known, now, elapsed)), stepped);
                ask(decision, known.scale(), elapsed);
                yield decision;
            }
        };
    }

    /**
     * Rule 6: nothing is taken away from a fleet that does not get round to what it is asked for.
     *
     * @param stepped whether a step down was under way before this decision
     */
    private Decision serving(Decision decision, boolean stepped) {
        if (decision instanceof Decision.Report(double value, Basis.Known basis)
                && value < trigger.target().value() * basis.scale().spec()) {
            Optional<HoldReason> reason = notServed(basis.fleet().unserved());
            if (reason.isPresent()) {
                // A step that is not made now would be made later, at another load
                if (steps.abandon() && stepped) {
                    downscaleWindow.observeAnew();
                }
                return new Decision.Hold(reason.get(), basis);
            }
        }
        return decision;
    }

    private Optional<HoldReason> notServed(Unserved unserved) {
        if (unserved.isRefused()) {
            return Optional.of(HoldReason.REQUESTS_REFUSED);
        }
        return unserved.waits() || (isBlindToQueues && unserved.isHeld())
                ? Optional.of(HoldReason.REQUESTS_WAITING)
                : Optional.empty();
    }

    /**
     * Another writer may take replicas away. While the pods that are left can not say what is needed, or are above their target, the highest
     * load that the window remembers decides. A hold would keep the cut until a model is loaded, and then for another load.
     */
    private Decision givingBack(Decision decision) {
        return switch (decision.basis()) {
            case Basis.Known basis -> givingBack(decision, basis);
            case Basis.NotKnown _ -> decision;
        };
    }

    private Decision givingBack(Decision decision, Basis.Known basis) {
        double atTarget = trigger.target().value() * basis.scale().spec();
        double highest = basis.windows().highest().orElse(0);
        if (highest <= atTarget * (1 + trigger.stabilization().tolerance())) {
            cuts.forgive();
        }
        if (!cuts.isOwed()) {
            return decision;
        }
        boolean isFull = basis.carried()
                .filter(carried -> carried.mean() > trigger.target().value())
                .isPresent();
        boolean isShort = switch (decision) {
            case Decision.Report(double value, var _) -> isFull && value > atTarget;
            case Decision.Hold(HoldReason reason, var _) ->
                switch (reason) {
                    case ALL_STARTING, NO_SAMPLES -> true;
                    case UNDECIDED -> isFull;
                    case TOO_FEW_OBSERVATIONS,
                            STABILIZATION,
                            WINDOW_NOT_FULL,
                            STEP_TAKEN_BACK,
                            REQUESTS_WAITING,
                            REQUESTS_REFUSED,
                            DEMAND_SOURCE_UNKNOWN -> false;
                };
            case Decision.Unknown _ -> false;
        };
        return isShort ? new Decision.Report(highest, basis) : decision;
    }

    private void ask(Decision decision, Scale scale, Duration elapsed) {
        if (Activity.of(decision, trigger) == Activity.ACTIVE) {
            cuts.ask(answers.fewestReplicas(answers.value(decision, scale), scale), elapsed);
        } else {
            cuts.askNothing();
        }
    }

    private Decision decide(Fleet.Known fleet, Instant now, Duration elapsed) {
        double atTarget = trigger.target().value() * fleet.scale().spec();
        Demand reading = rules.of(fleet, noSampleFor(fleet, now));
        if (!reading.carried().map(Carried::isFinite).orElse(true)) {
            // Each sample is bounded where it enters. A sum that is not finite would never leave the smoothing again
            return new Decision.Unknown(
                    "what the pods say does not add up to a finite number",
                    basis(fleet, now, reading.counts(), Optional.empty(), OptionalDouble.empty()));
        }
        switch (reading) {
            case Demand.Known(double demand, Counts _, Optional<Carried> _) -> {
                if (isHeldUnknown(fleet)) {
                    return atLeast(demand, fleet, now, reading, elapsed);
                }
                observe(demand, elapsed);
                return stabilized(basis(fleet, now, reading, OptionalDouble.of(demand)), atTarget);
            }
            case Demand.Bounded(double observed, Counts _, Carried bounds) -> {
                if (isHeldUnknown(fleet)) {
                    return atLeast(observed, fleet, now, reading, elapsed);
                }
                observe(observed, elapsed);
                Basis.Known basis = basis(fleet, now, reading, OptionalDouble.of(observed));
                double bound = Math.max(basis.windows().highest().orElse(bounds.atMost()), bounds.atMost());
                return bound < atTarget ? scaleDown(bound, basis) : new Decision.Hold(HoldReason.UNDECIDED, basis);
            }
            case Demand.Undecided(OptionalDouble observed, Counts _, Carried bounds) -> {
                if (observed.isPresent() && !isHeldUnknown(fleet)) {
                    observe(observed.getAsDouble(), elapsed);
                } else {
                    smoothing.raiseTo(bounds.atLeast());
                    downscaleWindow.include(bounds.atLeast());
                    steps.include(bounds.atLeast());
                }
                return new Decision.Hold(HoldReason.UNDECIDED, basis(fleet, now, reading, observed));
            }
            case Demand.Hold(HoldReason reason, Counts _) -> {
                return new Decision.Hold(reason, basis(fleet, now, reading, OptionalDouble.empty()));
            }
            case Demand.Unknown(String reason, Counts _) -> {
                return new Decision.Unknown(reason, basis(fleet, now, reading, OptionalDouble.empty()));
            }
        }
    }

    /** At zero replicas a demand source asks for none, so it does not matter there whether it is known. */
    private static boolean isHeldUnknown(Fleet.Known fleet) {
        return fleet.scale().spec() > 0 && fleet.unserved().unknownHeld().isPresent();
    }

    /**
     * Rule 6: what waits at the demand source comes on top, and nobody knows how much it is. More may be asked for, nothing is taken away,
     * and no peak ages: the downscale window's clock stops. That of the upscale window goes on, for what the pods show is the least that
     * is needed; while that falls it is not smoothed, which would ask for more than what is known.
     */
    private Decision atLeast(double demand, Fleet.Known fleet, Instant now, Demand reading, Duration elapsed) {
        boolean rises = demand > smoothing.value().orElse(0);
        double smoothed = rises ? smoothing.update(demand, elapsed) : demand;
        upscaleWindow.add(smoothed, elapsed);
        downscaleWindow.include(smoothed);
        steps.include(smoothed);
        Basis.Known basis = basis(fleet, now, reading, OptionalDouble.of(demand));
        double lowest = basis.windows().lowest().orElse(0);
        return lowest > trigger.target().value() * fleet.scale().spec()
                ? new Decision.Report(lowest, basis)
                : new Decision.Hold(HoldReason.DEMAND_SOURCE_UNKNOWN, basis);
    }

    /** Stabilization only prevents a change, as the HPA's does. */
    private Decision stabilized(Basis.Known basis, double atTarget) {
        double lowest = basis.windows().lowest().orElseThrow();
        double highest = basis.windows().highest().orElseThrow();
        if (lowest > atTarget) {
            steps.abandon();
            return new Decision.Report(lowest, basis);
        }
        if (highest < atTarget) {
            return scaleDown(highest, basis);
        }
        if (steps.abandon()) {
            downscaleWindow.observeAnew();
        }
        return new Decision.Hold(HoldReason.STABILIZATION, basis);
    }

    /** After a restart nothing is taken away before the window is full; at one replica there is nothing to protect. */
    private Decision scaleDown(double value, Basis.Known basis) {
        int spec = basis.scale().spec();
        if (spec <= 1) {
            return new Decision.Report(value, basis);
        }
        if (!basis.windows().isFull()) {
            return new Decision.Hold(HoldReason.WINDOW_NOT_FULL, basis);
        }
        return steps.isBarred(value, spec)
                ? new Decision.Hold(HoldReason.STEP_TAKEN_BACK, basis)
                : new Decision.Report(steps.down(value, spec), basis);
    }

    private void observe(double demand, Duration elapsed) {
        double smoothed = smoothing.update(demand, elapsed);
        upscaleWindow.add(smoothed, elapsed);
        downscaleWindow.add(smoothed, elapsed);
        steps.observe(smoothed, elapsed);
        if (downscaleWindow.remaining().isZero() && steps.endFirstWindow()) {
            downscaleWindow.observeAnew();
        }
    }

    /** The time since the last reading. A time in which this process stood still must not age a peak away. */
    private Duration elapsedUntil(Instant now) {
        Duration elapsed =
                ObservedTime.between(previousAt, now, trigger.deadlines().staleAfter());
        previousAt = Optional.of(now);
        return elapsed;
    }

    private Duration noSampleFor(Fleet.Known fleet, Instant now) {
        for (PodReading pod : fleet.pods()) {
            if (pod instanceof PodReading.Sampled || pod instanceof PodReading.Quiet) {
                noSampleSince = Optional.empty();
                return Duration.ZERO;
            }
        }
        Instant since = noSampleSince.filter(moment -> !moment.isAfter(now)).orElse(now);
        noSampleSince = Optional.of(since);
        return Duration.between(since, now);
    }

    private Basis.Known basis(Fleet.Known fleet, Instant now, Demand reading, OptionalDouble demand) {
        return basis(fleet, now, reading.counts(), reading.carried(), demand);
    }

    private Basis.Known basis(
            Fleet.Known fleet, Instant now, Counts counts, Optional<Carried> carried, OptionalDouble demand) {
        return new Basis.Known(now, fleet, counts, carried, demand, windows(demand));
    }

    private Decision.Windows windows(OptionalDouble demand) {
        OptionalDouble highest = downscaleWindow.value();
        if (demand.isPresent() && demand.getAsDouble() > highest.orElse(Double.NEGATIVE_INFINITY)) {
            highest = demand;
        }
        return new Decision.Windows(
                smoothing.value(),
                upscaleWindow.value(),
                highest,
                downscaleWindow.remaining().plus(steps.windowsBefore()),
                steps.takenBack());
    }
}
