package io.nimscaler.history;

import io.nimscaler.policy.Decision;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import java.time.Instant;
import java.util.Optional;

/** One remembered decision with its packed pods, and the HPA's minimum and maximum of that time. */
public final class Remembered {

    /** Estimated from above: a decision with its intermediates, all of its own. */
    private static final int DECISION_BYTES = 600;

    /** What the policy remembered, where it is told, and each value in its windows. */
    private static final long STATE_BYTES = 300;

    private static final long WINDOW_VALUE_BYTES = 60;

    private final long number;
    private final Snapshot withoutPods;
    private final PackedPods pods;
    private final Optional<ReplicaBounds> bounds;

    private Remembered(long number, Snapshot withoutPods, PackedPods pods, Optional<ReplicaBounds> bounds) {
        this.number = number;
        this.withoutPods = withoutPods;
        this.pods = pods;
        this.bounds = bounds;
    }

    static Remembered first(Snapshot snapshot, Optional<ReplicaBounds> bounds, long number) {
        return new Remembered(number, snapshot.withoutPods(), PackedPods.of(snapshot, PackedPods.NONE), bounds);
    }

    /** What is as it was before is shared with it. */
    static Remembered after(Remembered before, Snapshot snapshot, Optional<ReplicaBounds> bounds, long number) {
        return new Remembered(
                number,
                snapshot.withoutPods(),
                PackedPods.of(snapshot, before.pods),
                bounds.equals(before.bounds) ? before.bounds : bounds);
    }

    /** Counts the trigger's decisions since it is known; a gap to the one before means that some in between are forgotten. */
    public long number() {
        return number;
    }

    public Instant at() {
        return decision().basis().at();
    }

    public Decision decision() {
        return withoutPods.decision();
    }

    public int numberOfPods() {
        return pods.size();
    }

    /** The decision with its pods, unpacked at each call. */
    public Snapshot snapshot() {
        return pods.unpackInto(withoutPods);
    }

    /** The decision without its pods. */
    public Snapshot withoutPods() {
        return withoutPods;
    }

    /** Between how many replicas the HPA of its ScaledObject could choose at that moment; empty: not known. */
    public Optional<ReplicaBounds> bounds() {
        return bounds;
    }

    /** Estimated from above. */
    long bytes() {
        return DECISION_BYTES
                + pods.bytes()
                + withoutPods.stateBefore().map(Remembered::bytesOf).orElse(0L);
    }

    private static long bytesOf(PolicyState state) {
        return STATE_BYTES
                + WINDOW_VALUE_BYTES
                        * (state.upscaleWindow().values().size()
                                + state.downscaleWindow().values().size()
                                + state.steps().lately().values().size()
                                + state.cuts().asked().values().size());
    }
}
