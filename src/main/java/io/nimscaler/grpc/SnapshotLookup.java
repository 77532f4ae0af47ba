package io.nimscaler.grpc;

import io.grpc.StatusRuntimeException;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.trigger.Violation;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;

/** From what a call names to the snapshot that answers it. */
@Singleton
class SnapshotLookup {

    /** A namespace of 63 characters, a name of 253 (kubernetes: object names). */
    private static final int LONGEST_NAME = 317;

    private final Scalers scalers;
    private final ScalerControl control;
    private final InstantSource clock;

    SnapshotLookup(Scalers scalers, ScalerControl control, InstantSource clock) {
        this.clock = clock;
        this.scalers = scalers;
        this.control = control;
    }

    /**
     * The call's trigger, by its metadata and the scaler's settings alone.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT with every violation
     */
    Trigger trigger(ScaledObjectRef ref) {
        return switch (scalers.check(ref.getNamespace(), TriggerParser.parse(ref.getScalerMetadataMap()))) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw StatusMapping.invalid(shown(id(ref)) + ": " + invalid.text());
        };
    }

    /**
     * The latest snapshot of the trigger that has this metadata.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT, NOT_FOUND, or UNAVAILABLE where that may pass
     */
    Snapshot snapshot(ScaledObjectRef ref) {
        return find(ref, trigger(ref)).orElseThrow(() -> noSnapshot(id(ref)));
    }

    /** The latest snapshot, if there is one; a trigger that was never heard of gets its scaler. */
    Optional<Snapshot> find(ScaledObjectRef ref, Trigger trigger) {
        Optional<Snapshot> snapshot = scalers.snapshot(id(ref), trigger);
        if (snapshot.isEmpty()) {
            control.adopt(id(ref), trigger);
        }
        return snapshot.filter(latest -> latest.isCurrent(clock.instant()));
    }

    /** Whether the trigger is so new that a snapshot which says something may come in a moment. */
    boolean isNew(ScaledObjectRef ref) {
        return scalers.isNew(id(ref), trigger(ref), clock.instant());
    }

    private StatusRuntimeException noSnapshot(ScaledObjectId id) {
        return switch (scalers.observe(id)) {
            case Observation.Absent(String reason) -> StatusMapping.notFound(shown(id) + ": " + reason);
            case Observation.NotKnown(String reason) -> StatusMapping.unavailable(shown(id) + ": " + reason);
            case Observation.Known _ ->
                StatusMapping.unavailable(shown(id) + ": no current decision for a trigger with this metadata");
        };
    }

    /** A call may name anything; what can be a ScaledObject's name is shown as it is. */
    private static String shown(ScaledObjectId id) {
        String name = id.toString();
        return name.length() > LONGEST_NAME ? Violation.shortened(name) : name;
    }

    private static ScaledObjectId id(ScaledObjectRef ref) {
        return new ScaledObjectId(ref.getNamespace(), ref.getName());
    }
}
