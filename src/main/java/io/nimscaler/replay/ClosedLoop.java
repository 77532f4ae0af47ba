package io.nimscaler.replay;

/**
 * A fleet in simulated time. At each tick demand comes, the fleet works, and the policy may look. At each sync the HPA says how
 * many replicas are wanted. The caller decides where the demand comes from and how a pod works on it: requests of a trace, or
 * the history of a fleet.
 */
public final class ClosedLoop {

    private ClosedLoop() {}

    /** What is scaled. */
    public interface Fleet {

        /** Wanted replicas. */
        int spec();

        void scaleTo(int replicas);

        /** Works until {@code now}, for {@code seconds}. */
        void advance(double now, double seconds);
    }

    /** Where the demand comes from. */
    public interface Demand<F> {

        /** Gives the fleet what came in the {@code seconds} until {@code now}. */
        void offer(F fleet, double now, double seconds);
    }

    /** What decides how many replicas are wanted. */
    public interface Autoscaler<F> {

        /** Time passes; called at each tick. */
        default void tick(F fleet) {}

        /** The replicas that are wanted from now on, before minimum and maximum. */
        int sync(F fleet);
    }

    /** Who looks on; called after each sync. */
    public interface Watcher<F> {
        void synced(F fleet, double now);
    }

    /**
     * How time passes, and between which bounds the fleet is scaled.
     *
     * @param tickSeconds greater than 0
     * @param ticksPerSync of the HPA, at least 1
     */
    public record Frame(double tickSeconds, int ticksPerSync, int leastReplicas, int mostReplicas) {

        public Frame {
            if (!(tickSeconds > 0) || ticksPerSync < 1) {
                throw new IllegalArgumentException(
                        "tickSeconds = " + tickSeconds + ", ticksPerSync = " + ticksPerSync + ", must be positive");
            }
        }
    }

    /** Lets so many ticks pass. */
    public static <F extends Fleet> void run(
            long ticks,
            Frame frame,
            F fleet,
            Demand<? super F> demand,
            Autoscaler<? super F> autoscaler,
            Watcher<? super F> watcher) {
        for (long tick = 1; tick <= ticks; tick++) {
            double now = tick * frame.tickSeconds();
            demand.offer(fleet, now, frame.tickSeconds());
            fleet.advance(now, frame.tickSeconds());
            autoscaler.tick(fleet);
            if (tick % frame.ticksPerSync() == 0) {
                int wanted = Math.min(frame.mostReplicas(), Math.max(frame.leastReplicas(), autoscaler.sync(fleet)));
                if (wanted != fleet.spec()) {
                    fleet.scaleTo(wanted);
                }
                watcher.synced(fleet, now);
            }
        }
    }
}
