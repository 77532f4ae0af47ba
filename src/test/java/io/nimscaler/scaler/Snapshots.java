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
}
