package io.nimscaler.scaler;

import io.nimscaler.trigger.Trigger;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which trigger of which ScaledObject: what readers keep things by. */
public record TriggerId(ScaledObjectId scaledObject, Trigger trigger) {

    /** The trigger that a snapshot is of. */
    public static TriggerId of(Snapshot snapshot) {
        return new TriggerId(snapshot.scaledObject(), snapshot.trigger());
    }

    /** The triggers that snapshots are of. */
    public static Set<TriggerId> of(List<Snapshot> snapshots) {
        return snapshots.stream().map(TriggerId::of).collect(Collectors.toSet());
    }
}
