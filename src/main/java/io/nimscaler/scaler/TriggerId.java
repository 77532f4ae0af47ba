package io.nimscaler.scaler;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which trigger of which ScaledObject: what readers keep things by. It outlives an edit of the trigger's values.
 *
 * @param name unique within the ScaledObject: the metric's name, with a number where several triggers have the same
 * @param shadow whether its shadow is meant
 */
public record TriggerId(ScaledObjectId scaledObject, String name, boolean shadow) {

    /** The reported policy of a trigger. */
    public TriggerId(ScaledObjectId scaledObject, String name) {
        this(scaledObject, name, false);
    }

    /** The trigger that a snapshot is of. */
    public static TriggerId of(Snapshot snapshot) {
        return new TriggerId(snapshot.scaledObject(), snapshot.triggerName(), snapshot.shadow());
    }

    /** The triggers that snapshots are of. */
    public static Set<TriggerId> of(List<Snapshot> snapshots) {
        return snapshots.stream().map(TriggerId::of).collect(Collectors.toSet());
    }
}
