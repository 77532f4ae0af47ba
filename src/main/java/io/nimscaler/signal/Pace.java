package io.nimscaler.signal;

/**
 * How a pod has worked, so that a fleet's can be added up: sums over intervals of x = ln(requests running) and y = ln(seconds from one
 * token to the next), and flows.
 *
 * @param intervals in number
 * @param tooEarly it counts what it completes, and was not watched for long enough to say how fast
 * @param completed requests a second; NaN: not known
 * @param queueGrowth requests a second by which its queue grows; negative where it shrinks
 * @param runningLimit how many ran while others waited for a slot; 0: none waited for one all the time
 */
record Pace(
        int intervals,
        double x,
        double y,
        double xx,
        double xy,
        boolean tooEarly,
        double completed,
        double queueGrowth,
        double runningLimit) {

    static final Pace UNKNOWN = new Pace(0, 0, 0, 0, 0, false, Double.NaN, 0, 0);

    Pace plus(Pace other) {
        return new Pace(
                intervals + other.intervals,
                x + other.x,
                y + other.y,
                xx + other.xx,
                xy + other.xy,
                tooEarly || other.tooEarly,
                completed + other.completed,
                queueGrowth + other.queueGrowth,
                Math.max(runningLimit, other.runningLimit));
    }
}
