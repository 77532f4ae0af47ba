package io.nimscaler.bench;

import io.nimscaler.replay.ClosedLoop;

/** What decides how many replicas are wanted, every 15 s as an HPA syncs: a rule of ours or of somebody else. */
interface Autoscaler extends ClosedLoop.Autoscaler<Fleet> {

    /** For plots: what it goes by, if that is a number. */
    default double reading() {
        return Double.NaN;
    }
}
