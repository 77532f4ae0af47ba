package io.nimscaler.policy;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a fleet gets smaller where its signal {@linkplain io.nimscaler.signal.Signal#stepsDown goes down in steps}: each size is observed
 * for a window of its own, and a step goes no further than the square root of the way. With fewer pods each has more to do, and what it
 * reads then may grow with the square of it. A step of which the HPA takes only a part at once, by its own policies, is one step: it
 * ends where it was to end. Without a window there is no observation to wait for, and no step.
 *
 * <p>The load of a fleet goes up and down, also over more than a window. So no step goes further than what the load of the last four
 * windows would leave as it is: of a smaller fleet it would have ordered replicas.
 *
 * <p>A size that the same load takes back is not tried again at that load for an hour; a fleet that is larger still goes down as far as
 * above it. A level does not tell the load, so a size that a level takes back is not tried again at any load. All of it comes from the
 * wanted replicas and the windows, which each replica of the scaler sees; who begins anew may try once more than the others.
 *
 * <p>Not thread-safe.
 */
public final class Steps {

    /** The HPA's band is closed, and answers are rounded to thousandths. */
    private static final double BELOW_THE_BAND = .001;

    private static final double ROUNDING = 1e-6;

    /** A step is taken back where the fleet grows so soon after it. */
    static final Duration TAKEN_BACK_WITHIN = Duration.ofMinutes(30);

    /** Above so much of what it was when the step was made the load has grown, and says nothing of the step. */
    static final double SAME_LOAD = 1.4;

    /** Below so much of what it was then the load has fallen, and allows what it took back. */
    static final double FALLEN_LOAD = .75;

    /**
     * A smaller fleet must have so much of one replica left while the ups and downs of the load were not observed yet: what one window saw
     * is not the most that comes. Of few replicas this is much, of many little. So are the ups and downs of a load.
     */
    private static final double ROOM = .4;

    /** So many windows say how the load goes up and down. */
    static final int WINDOWS_OF_UPS_AND_DOWNS = 4;

    /** A load of no more than this share of the highest of those windows has fallen: that is no up and down. */
    static final double FALLEN_FAR = .5;

    /** So many values of those windows are kept: they need not be exact to the second. */
    private static final int KEPT_OF_UPS_AND_DOWNS = 64;

    /** For so long a step that was taken back is not tried again. */
    static final Duration BARRED_FOR = Duration.ofHours(1);

    /**
     * What it remembers.
     *
     * @param underWay what the step that is under way asks for; empty: none is
     * @param last the step before, for as long as it may be taken back
     * @param barred the size that was taken back, and the load at which it is not tried again, for how long yet
     * @param firstWindow no window was observed yet since it began
     * @param lately the highest load of the last four windows
     */
    public record State(
            OptionalDouble underWay,
            Optional<AtLoad> last,
            Optional<AtLoad> barred,
            boolean firstWindow,
            SlidingExtreme.State lately) {}

    /**
     * A step.
     *
     * @param load the highest of the window when it was made
     * @param size the replicas that it ended with
     * @param remaining for so long it is remembered
     */
    public record AtLoad(double load, int size, Duration remaining) {

        /** Empty: the time is over. */
        Optional<AtLoad> after(Duration elapsed) {
            Duration left = remaining.minus(elapsed);
            return left.isPositive() ? Optional.of(new AtLoad(load, size, left)) : Optional.empty();
        }
    }

    private final boolean inSteps;

    /** A level (a latency) is no load: what it is at another size does not say whether the load has grown or fallen. */
    private final boolean isLoad;

    private final double target;
    private final double tolerance;
    private final Duration window;
    private OptionalDouble step = OptionalDouble.empty();
    private Optional<AtLoad> last = Optional.empty();
    private Optional<AtLoad> barred = Optional.empty();
    private boolean firstWindow = true;
    private SlidingExtreme lately;

    Steps(Trigger trigger) {
        this.window = trigger.stabilization().window().down();
        this.inSteps = trigger.signal().stepsDown() && !window.isZero();
        this.isLoad = trigger.signal().isAdditive();
        this.target = trigger.target().value();
        this.tolerance = trigger.stabilization().tolerance();
        this.lately = SlidingExtreme.highestOf(window.multipliedBy(WINDOWS_OF_UPS_AND_DOWNS), KEPT_OF_UPS_AND_DOWNS);
    }

    State state() {
        return new State(step, last, barred, firstWindow, lately.state());
    }

    void resume(State state) {
        step = state.underWay();
        last = state.last();
        barred = state.barred();
        firstWindow = state.firstWindow();
        lately = lately.resumed(state.lately());
    }

    /**
     * After an edit a step may be to another size, and of another load: what was known of the steps before says nothing of it. How the load
     * goes up and down stays as it is.
     */
    void resumeAfterEdit(Steps before) {
        if (target == before.target && tolerance == before.tolerance && window.equals(before.window)) {
            resume(before.state());
        } else if (inSteps && before.inSteps) {
            lately = before.lately.withWindow(window.multipliedBy(WINDOWS_OF_UPS_AND_DOWNS));
        }
        firstWindow = before.firstWindow;
    }

    /**
     * A window is full. In the first one such a signal has only begun to learn how the pods work. Until it knows, it may read less than
     * there is. So what was read then allows no step.
     *
     * @return whether it was the first
     */
    boolean endFirstWindow() {
        boolean was = inSteps && firstWindow;
        firstWindow = false;
        return was;
    }

    /** How much more than the window at hand must be observed before the first step. */
    Duration windowsBefore() {
        return inSteps && firstWindow ? window : Duration.ZERO;
    }

    /** Observed time passes. */
    void pass(Duration elapsed) {
        last = last.flatMap(made -> made.after(elapsed));
        barred = barred.flatMap(bar -> bar.after(elapsed));
    }

    /** The smoothed demand, which held for {@code elapsed} until now. */
    void observe(double smoothed, Duration elapsed) {
        if (inSteps) {
            lately.add(smoothed, elapsed);
        }
    }

    /** The least that the demand is now; no time was observed. */
    void include(double atLeast) {
        if (inSteps) {
            lately.include(atLeast);
        }
    }

    /**
     * The wanted replicas as they are seen now. Fewer than before are a step or a part of one. More than before may take one back.
     *
     * @param before when they were seen last; empty: they were not
     * @param highest the highest load of the window; empty: nothing was observed yet
     * @return whether this is a size of which nothing was observed yet
     */
    boolean endAt(int spec, OptionalInt before, OptionalDouble highest) {
        if (!inSteps || before.isEmpty() || before.getAsInt() == spec) {
            return false;
        }
        if (spec < before.getAsInt()) {
            // KEDA's way to zero is no step, and waking from it takes none back
            last = spec > 0 && highest.isPresent()
                    ? Optional.of(new AtLoad(highest.getAsDouble(), spec, TAKEN_BACK_WITHIN))
                    : Optional.empty();
        } else {
            takeBack(highest);
        }
        boolean onItsWay = step.isPresent() && spec < before.getAsInt() && isOne(step.getAsDouble(), spec);
        if (!onItsWay) {
            step = OptionalDouble.empty();
        }
        return !onItsWay;
    }

    private void takeBack(OptionalDouble highest) {
        if (last.isPresent()
                && highest.isPresent()
                && (!isLoad || highest.getAsDouble() <= SAME_LOAD * last.get().load())) {
            barred = Optional.of(new AtLoad(last.get().load(), last.get().size(), BARRED_FOR));
        }
        last = Optional.empty();
    }

    /** Whether there is no smaller fleet but what about this load took back. */
    boolean isBarred(double value, int spec) {
        return barredAt(value)
                .filter(bar -> bar.size() >= mostBelowTheBand(spec))
                .isPresent();
    }

    private Optional<AtLoad> barredAt(double value) {
        return barred.filter(bar -> !isLoad || (value > FALLEN_LOAD * bar.load() && value <= SAME_LOAD * bar.load()));
    }

    /** The replicas that a load took back within the last hour; empty: it took back none. */
    OptionalInt takenBack() {
        return barred.isPresent() ? OptionalInt.of(barred.get().size()) : OptionalInt.empty();
    }

    boolean isUnderWay() {
        return step.isPresent();
    }

    /**
     * The load does not allow the step that is under way any more.
     *
     * @return whether there was one
     */
    boolean abandon() {
        boolean was = step.isPresent();
        step = OptionalDouble.empty();
        return was;
    }

    /**
     * What is reported of a fleet that needs fewer replicas. E.g. at T = 0.70 with a tolerance of 10 %, 16 replicas that need 1.6 in all:
     * √(1.6 · 11.2) = 4.23, which is 7 replicas. A step within the HPA's tolerance would be none; then the smallest that it makes is taken
     * if the load fits it: of 2 replicas 1, of 12 replicas 11.
     *
     * @param value below T · spec: the highest demand of the window; not {@linkplain #isBarred barred}
     */
    double down(double value, int spec) {
        if (!inSteps) {
            return value;
        }
        if (step.isEmpty() || value > step.getAsDouble()) {
            double root = Math.sqrt(value * target * spec);
            int next = mostBelowTheBand(spec);
            double smallest = Math.min(target * next, belowTheBand(spec));
            double reached = root > smallest && value <= target * (next - room(value)) ? smallest : root;
            double wanted = Math.max(Math.max(reached, aboveBarred(value, spec)), forUpsAndDowns(value, spec));
            step = isOne(wanted, spec) ? OptionalDouble.of(wanted) : OptionalDouble.empty();
            return wanted;
        }
        return Math.max(step.getAsDouble(), aboveBarred(value, spec));
    }

    /** What was not observed of the ups and downs of this load may come yet. */
    private double room(double value) {
        return lately.remaining().isZero() && !hasFallen(value) ? 0 : ROOM;
    }

    private boolean hasFallen(double value) {
        return value <= FALLEN_FAR * lately.value().orElse(0);
    }

    /**
     * The least that may be reported: a fleet whose HPA would leave the highest load of the last windows as it is, by its tolerance. Where
     * that is this fleet, the report lies within the tolerance.
     */
    private double forUpsAndDowns(double value, int spec) {
        return hasFallen(value) ? 0 : Math.min(lately.value().orElse(0) / (1 + tolerance), target * spec);
    }

    /** The least that may be reported: of it the HPA makes one more than what was taken back. */
    private double aboveBarred(double value, int spec) {
        return barredAt(value)
                .map(bar -> Math.min(target * (bar.size() + 1), belowTheBand(spec)))
                .orElse(0.0);
    }

    /** Whether the HPA makes a smaller fleet of it: within its tolerance it does not, and a step of which it took a part ends there. */
    private boolean isOne(double wanted, int spec) {
        return wanted <= belowTheBand(spec) && replicas(wanted) < spec;
    }

    /** The highest report that the HPA makes a smaller fleet of. */
    private double belowTheBand(int spec) {
        return (1 - tolerance) * target * spec - BELOW_THE_BAND;
    }

    /** The largest fleet that the HPA makes of a report below its tolerance. */
    private int mostBelowTheBand(int spec) {
        return Math.max(1, Math.min(spec - 1, (int) replicas(belowTheBand(spec))));
    }

    private double replicas(double demand) {
        return Math.ceil(demand / target - ROUNDING);
    }
}
