package io.nimscaler.demo;

import java.time.Duration;

/** A load that rises and falls: quiet, a steep rise, a plateau, a slow fall, over and over. */
final class DemoLoad {

    private static final double QUIET = 0.4;
    private static final double PEAK = 3.6;
    private static final double PERIOD = 300;

    private DemoLoad() {}

    /** What the whole fleet carries, in full pods, {@code sinceStart} into the demo. */
    static double at(Duration sinceStart) {
        double t = sinceStart.toMillis() / 1000.0 % PERIOD;
        if (t < 30) {
            return QUIET;
        }
        if (t < 60) {
            return between(QUIET, PEAK, (t - 30) / 30);
        }
        if (t < 150) {
            return PEAK;
        }
        return t < 240 ? between(PEAK, QUIET, (t - 150) / 90) : QUIET;
    }

    private static double between(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
