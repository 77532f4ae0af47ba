package io.nimscaler.policy;

import io.nimscaler.trigger.Trigger;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a fleet gets smaller where its signal {@linkplain io.nimscaler.signal.Signal#stepsDown goes down in steps}: each size is observed
 * for a window of its own, and a step goes no further than the square root of the way. With fewer pods each has more to do, and what it
 * reads then may grow with the square of it. A step of which the HPA takes only a part at once, by its own policies, is one step: it
 * ends where it was to end. Without a window there is no observation to wait for, and no step.
 *
 * <p>Not thread-safe.
 */
final class Steps {

    /** The HPA's band is closed, and its arithmetic is that of doubles. */
    private static final double BELOW_THE_BAND = 1e-6;

    private final boolean inSteps;
    private final double target;
    private final double tolerance;
    private OptionalDouble step = OptionalDouble.empty();

    Steps(Trigger trigger) {
        this.inSteps = trigger.signal().stepsDown()
                && !trigger.stabilization().window().down().isZero();
        this.target = trigger.target().value();
        this.tolerance = trigger.stabilization().tolerance();
    }

    /** What the step that is under way asks for; empty: none is. */
    OptionalDouble state() {
        return step;
    }

    void resume(OptionalDouble itsStep) {
        step = itsStep;
    }

    /**
     * The wanted replicas as they are seen now, and before.
     *
     * @return whether this is a size of which nothing was observed yet
     */
    boolean endAt(int spec, OptionalInt before) {
        if (!inSteps || before.isEmpty() || before.getAsInt() == spec) {
            return false;
        }
        boolean onItsWay = step.isPresent() && spec < before.getAsInt() && isOne(step.getAsDouble(), spec);
        if (!onItsWay) {
            step = OptionalDouble.empty();
        }
        return !onItsWay;
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
     * where the load fits into it: of 2 replicas 1, of 12 replicas 10.
     *
     * @param value below T · spec: the highest demand of the window
     */
    double down(double value, int spec) {
        if (!inSteps) {
            return value;
        }
        if (step.isEmpty() || value > step.getAsDouble()) {
            double root = Math.sqrt(value * target * spec);
            double smallest = target * mostBelowTheBand(spec);
            double wanted = root > smallest && fits(value, smallest) ? smallest : root;
            step = isOne(wanted, spec) ? OptionalDouble.of(wanted) : OptionalDouble.empty();
            return wanted;
        }
        return step.getAsDouble();
    }

    /** Whether the HPA makes a smaller fleet of it: within its tolerance it does not, and a step of which it took a part ends there. */
    private boolean isOne(double wanted, int spec) {
        return wanted < (1 - tolerance - BELOW_THE_BAND) * target * spec && replicas(wanted) < spec;
    }

    private boolean fits(double value, double atTarget) {
        return value <= (1 - tolerance) * atTarget;
    }

    /** The largest fleet that the HPA makes of a report below its tolerance. */
    private int mostBelowTheBand(int spec) {
        return Math.max(1, Math.min(spec - 1, (int) Math.floor((1 - tolerance - BELOW_THE_BAND) * spec)));
    }

    private double replicas(double demand) {
        return Math.ceil(demand / target - BELOW_THE_BAND);
    }
}
