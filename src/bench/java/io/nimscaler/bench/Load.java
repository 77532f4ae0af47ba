package io.nimscaler.bench;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * How many requests a second come, over time; in replicas that a fleet of the best size would need. On top of it lies a noise that is alike
 * for a minute or so, since real arrivals come in bursts.
 *
 * @param at seconds → replicas' worth of requests
 * @param burstiness standard deviation of that noise, relative
 */
record Load(String name, double seconds, DoubleUnaryOperator at, double burstiness) {

    private static final double HOUR = 3600;
    private static final double DAY = 24 * HOUR;
    private static final double TEN_MINUTES = 600;

    static Load constant(double replicas, double hours) {
        return new Load("constant " + replicas, hours * HOUR, _ -> replicas, 0);
    }

    /** From one level to {@code factor} times it, after half an hour. */
    static Load step(double replicas, double factor) {
        return new Load("step × " + (int) factor, 2 * HOUR, t -> t < HOUR / 2 ? replicas : replicas * factor, 0);
    }

    static Load ramp(double from, double to) {
        return new Load(
                "ramp",
                3 * HOUR,
                t -> t < HOUR / 2 ? from : t < HOUR ? from + (to - from) * (t - HOUR / 2) / (HOUR / 2) : to,
                0);
    }

    static Load sine(double mean, double amplitude, double period) {
        return new Load("sine", 4 * HOUR, t -> mean + amplitude * Math.sin(2 * Math.PI * t / period), .05);
    }

    /** Two minutes of three times as much every half hour. */
    static Load bursts(double replicas) {
        return new Load("bursts", 4 * HOUR, t -> t % (HOUR / 2) > HOUR / 2 - 120 ? 3 * replicas : replicas, .05);
    }

    /** A few requests a minute, after half an hour of work. */
    static Load trickle(double replicas) {
        return new Load("trickle", 4 * HOUR, t -> t < HOUR / 2 ? replicas : replicas / 400, 0);
    }

    /** The hour of a trace, in its own ups and downs of ten seconds. */
    static Load hour(Trace trace, double mean) {
        double[] counts = trace.perTenSeconds();
        double scale = mean / java.util.Arrays.stream(counts).average().orElse(1);
        return new Load(
                "hour of " + trace,
                counts.length * 10.0,
                t -> scale * counts[Math.min(counts.length - 1, (int) (t / 10))],
                0);
    }

    /**
     * One of the 14 days.
     *
     * @param mean of all days, so that some are quieter than others
     * @param fromHour the first hour of the day that is run
     * @param hours that are run
     */
    static Load day(int day, double mean, double fromHour, double hours) {
        double[] rates = Trace.days();
        double scale = mean / java.util.Arrays.stream(rates).average().orElse(1);
        int perDay = (int) (DAY / TEN_MINUTES);
        return new Load(
                "day " + day,
                hours * HOUR,
                t -> {
                    double at = day * perDay + (fromHour * HOUR + t) / TEN_MINUTES;
                    int before = Math.min(rates.length - 1, (int) at);
                    int after = Math.min(rates.length - 1, before + 1);
                    return scale * (rates[before] + (rates[after] - rates[before]) * (at - before));
                },
                .12);
    }

    /** The noise: a mean-reverting walk, e-folding time one minute. */
    final class Noise {

        private final Random random;
        private double state;

        Noise(Random random) {
            this.random = random;
            this.state = random.nextGaussian();
        }

        double next(double seconds) {
            double kept = Math.exp(-seconds / 60);
            state = state * kept + Math.sqrt(1 - kept * kept) * random.nextGaussian();
            return Math.exp(burstiness * state - burstiness * burstiness / 2);
        }
    }
}
