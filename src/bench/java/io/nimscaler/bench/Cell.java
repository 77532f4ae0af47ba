package io.nimscaler.bench;

import io.nimscaler.replay.ClosedLoop;
import java.util.Random;

/**
 * One case: an engine under a load.
 *
 * @param startUpSeconds of a pod
 * @param from seconds at the beginning that are not judged
 */
record Cell(Engine engine, Load load, PodsMix pods, Router router, double startUpSeconds, double from) {

    static final int MAX_REPLICAS = 40;
    static final double TICK = .25;

    /** With pods that are alike. */
    Cell(Engine engine, Load load, Router router, double startUpSeconds, double from) {
        this(engine, load, PodsMix.ALIKE, router, startUpSeconds, from);
    }

    String name() {
        return engine.name() + ", " + load.name();
    }

    /** Runs it with what decides; {@code seed} makes arrivals, lengths and start-up times. */
    Course run(Autoscaler autoscaler, int replicasAtFirst, long seed) {
        return run(autoscaler, replicasAtFirst, Capacity.of(engine), seed);
    }

    /**
     * @param perReplica requests a second that the load's unit stands for
     */
    Course run(Autoscaler autoscaler, int replicasAtFirst, double perReplica, long seed) {
        Course course = new Course(load.seconds());
        Random arrivals = new Random(seed);
        Fleet fleet = new Fleet(
                engine,
                pods,
                router,
                startUpSeconds,
                replicasAtFirst,
                new Random(seed + 1),
                course::admitted);
        Load.Noise noise = load.new Noise(new Random(seed + 2));
        Random sessions = new Random(seed + 3);
        int[] row = {arrivals.nextInt(engine.trace().size())};
        ClosedLoop.run(
                Math.round(load.seconds() / TICK),
                new ClosedLoop.Frame(TICK, (int) Math.round(Course.SLOT_SECONDS / TICK), 1, MAX_REPLICAS),
                fleet,
                (loaded, now, seconds) -> {
                    double mean = load.at().applyAsDouble(now) * perReplica * noise.next(seconds) * seconds;
                    for (int i = poisson(mean, arrivals); i > 0; i--) {
                        double at = now - seconds * arrivals.nextDouble();
                        course.arrived(at);
                        loaded.offer(new Request(
                                at,
                                engine.trace().promptTokens(row[0]),
                                engine.trace().outputTokens(row[0]),
                                session(sessions)));
                        row[0]++;
                    }
                },
                autoscaler,
                (scaled, now) ->
                        course.slot(now - TICK, scaled, load.at().applyAsDouble(now), autoscaler.reading()));
        return course;
    }

    /** Without a larger session no number is drawn for it: the others stay as they were. */
    private int session(Random random) {
        return pods.shareOfOneSession() > 0 && random.nextDouble() < pods.shareOfOneSession() ? 0 : random.nextInt(300);
    }

    private static int poisson(double mean, Random random) {
        if (mean > 30) {
            return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double limit = Math.exp(-mean);
        int count = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            count++;
        }
        return count;
    }
}
