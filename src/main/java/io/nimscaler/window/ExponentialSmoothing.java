package io.nimscaler.window;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * Exponential smoothing that knows time: after one half-life half of a step has arrived, however many updates came in
 * between. Up and down have half-lives of their own, since smoothing that delays a scale-down also delays a scale-up.
 *
 * <p>Worked: half-life 30 s, value 4, then samples of 2: after 30 s 3.0, after 60 s 2.5.
 */
public final class ExponentialSmoothing {

    private final Duration halfLifeUp;
    private final Duration halfLifeDown;
    private OptionalDouble value = OptionalDouble.empty();

    /** A half-life of 0 is no smoothing in that direction. */
    public ExponentialSmoothing(Duration halfLifeUp, Duration halfLifeDown) {
        this.halfLifeUp = halfLifeUp;
        this.halfLifeDown = halfLifeDown;
    }

    /** A smoothing with other half-lives that goes on from the present value. */
    public ExponentialSmoothing withHalfLives(Duration up, Duration down) {
        ExponentialSmoothing next = new ExponentialSmoothing(up, down);
        next.value = value;
        return next;
    }

    /** The same smoothing that has this value; empty: none yet. */
    public ExponentialSmoothing resumed(OptionalDouble from) {
        ExponentialSmoothing next = new ExponentialSmoothing(halfLifeUp, halfLifeDown);
        next.value = from;
        return next;
    }

    /** The new value, after {@code elapsed} during which the sample held; the first sample is taken as it is. */
    public double update(double sample, Duration elapsed) {
        double previous = value.orElse(sample);
        Duration halfLife = sample > previous ? halfLifeUp : halfLifeDown;
        double next = halfLife.isZero()
                ? sample
                : sample + (previous - sample) * Math.pow(2, -seconds(elapsed) / seconds(halfLife));
        value = OptionalDouble.of(next);
        return next;
    }

    /** Lifts the value to {@code floor} where it is lower; no time passes. */
    public void raiseTo(double floor) {
        value = OptionalDouble.of(Math.max(value.orElse(floor), floor));
    }

    /** The present value; empty before the first update. */
    public OptionalDouble value() {
        return value;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
