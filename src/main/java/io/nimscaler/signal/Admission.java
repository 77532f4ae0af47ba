package io.nimscaler.signal;

/**
 * The requests that were taken and refused within a time.
 *
 * @param taken how many were taken; between two scrapes of one pod it may be less than 0, where what is at work is counted late
 * @param refused how many were refused for lack of capacity; at least 0
 * @param isBefore it was so before more pods came, and of now it is not known: no measure of a load, but no sign of its end either
 */
public record Admission(double taken, double refused, boolean isBefore) {

    /** Of now. */
    public Admission(double taken, double refused) {
        this(taken, refused, false);
    }

    static final Admission NONE = new Admission(0, 0);

    /** Who is refused asks again: that many requests for each that is taken are no measure. */
    private static final double MOST = 2;

    /** A refusal now and then, by one pod that a router filled, is no lack of capacity of the fleet's. */
    private static final double NOTEWORTHY = .01;

    /** Whether more than 1 % of the requests that came were refused. */
    public boolean isRefusing() {
        return refused > NOTEWORTHY * (taken + refused);
    }

    /** By how much the load would be more, had all been taken: 1 to 2. Where refusals go on at replicas that came for it, it is more again. */
    public double factor() {
        return isRefusing() && !isBefore ? Math.min(MOST, (taken + refused) / taken) : 1;
    }

    /** Both together. */
    public Admission plus(Admission other) {
        return new Admission(taken + other.taken, refused + other.refused);
    }

    /** The same, of before. */
    Admission before() {
        return new Admission(taken, refused, true);
    }
}
