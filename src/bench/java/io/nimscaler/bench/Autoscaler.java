package io.nimscaler.bench;

/** What decides how many replicas are wanted: a rule of ours or of somebody else. */
interface Autoscaler {

    /** Time passes; called at each tick of the loop. */
    default void tick(Fleet fleet) {}

    /** Every 15 s, as an HPA syncs: the replicas that are wanted from now on. */
    int sync(Fleet fleet);

    /** For plots: what it goes by, if that is a number. */
    default double reading() {
        return Double.NaN;
    }
}
