package io.nimscaler.scaler;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Snapshots for tests. */
public final class Snapshots {

    private Snapshots() {}

    /** What the shadow of the reported trigger decided, as the other one says. */
    public static Snapshot shadowOf(Snapshot reported, Snapshot other) {
        return new Snapshot(
                reported.scaledObject(),
                reported.triggerName(),
                true,
                other.trigger(),
                Optional.empty(),
                other.decision(),
                List.of(),
                OptionalDouble.empty(),
                Optional.empty(),
                Circumstances.UNWATCHED);
    }

    /** The same one, of whose pods this was found. */
    public static Snapshot with(DrainCheck drain, Snapshot other) {
        return new Snapshot(
                other.scaledObject(),
                other.triggerName(),
                other.shadow(),
                other.trigger(),
                other.stateBefore(),
                other.decision(),
                other.pods(),
                other.unseenLoad(),
                other.wake(),
                other.circumstances().with(Optional.of(drain)));
    }
}
