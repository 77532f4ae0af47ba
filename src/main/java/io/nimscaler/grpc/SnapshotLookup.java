package io.nimscaler.grpc;

import io.grpc.StatusRuntimeException;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.ParsedTriggers;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import io.nimscaler.trigger.WrittenMetadata;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Finds the snapshot for a call. */
@Singleton
class SnapshotLookup {

    /** Of a namespace and of a ScaledObject (kubernetes: object names). */
    private static final int LONGEST_NAMESPACE = 63;

    private static final int LONGEST_NAME = 253;

    private final Decisions decisions;
    private final ScalerControl control;
    private final InstantSource clock;
    private final ParsedTriggers parsedTriggers = new ParsedTriggers();

    SnapshotLookup(Decisions decisions, ScalerControl control, InstantSource clock) {
        this.clock = clock;
        this.decisions = decisions;
        this.control = control;
    }

    /**
     * The call's trigger, by its metadata and the scaler's settings alone.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT with every violation
     */
    Trigger trigger(ScaledObjectRef ref) {
        return switch (decisions.check(ref.getNamespace(), parsedTriggers.parse(ref.getScalerMetadataMap()))) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> {
                decisions.refused(
                        new ScaledObjectId(ref.getNamespace(), ref.getName()), invalid.text(), clock.instant());
                throw StatusMapping.invalid(shown(ref) + ": " + invalid.text());
            }
        };
    }

    /**
     * What the call is about.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT, or NOT_FOUND where no ScaledObject can have the name
     */
    Asked asked(ScaledObjectRef ref) {
        Trigger trigger = trigger(ref);
        if (ref.getNamespace().length() > LONGEST_NAMESPACE || ref.getName().length() > LONGEST_NAME) {
            throw StatusMapping.notFound(shown(ref) + ": a namespace has " + LONGEST_NAMESPACE
                    + " characters at most, a name " + LONGEST_NAME);
        }
        return new Asked(
                new ScaledObjectId(ref.getNamespace(), ref.getName()),
                trigger,
                WrittenMetadata.of(ref.getScalerMetadataMap()));
    }

    /**
     * The latest snapshot of the trigger that has this metadata.
     *
     * @throws StatusRuntimeException NOT_FOUND, or UNAVAILABLE where that may pass
     */
    Snapshot snapshot(Asked asked) {
        return find(asked).orElseThrow(() -> noSnapshot(asked));
    }

    /** The latest snapshot, if there is one; a trigger that was never heard of gets its scaler. */
    Optional<Snapshot> find(Asked asked) {
        Instant now = clock.instant();
        Optional<Snapshot> snapshot = decisions.called(asked.id(), asked.trigger(), now);
        if (snapshot.isEmpty() && decisions.isExpected(asked.id(), asked.trigger(), asked.written())) {
            control.adopt(asked.id(), asked.trigger(), asked.written());
        }
        return snapshot.filter(latest -> latest.isCurrent(now));
    }

    /** Whether the trigger is so new that a snapshot which says something may come in a moment. */
    boolean isNew(Asked asked) {
        return decisions.isNew(asked.id(), asked.trigger(), clock.instant());
    }

    private StatusRuntimeException noSnapshot(Asked asked) {
        ScaledObjectId id = asked.id();
        return switch (decisions.observe(id)) {
            case Observation.Absent(String reason) -> StatusMapping.notFound(id + ": " + reason);
            case Observation.NotKnown(String reason) -> StatusMapping.unavailable(id + ": " + reason);
            case Observation.NoRoom(String reason) -> StatusMapping.unavailable(id + ": " + reason);
            case Observation.Known _ ->
                StatusMapping.unavailable(id
                        + (decisions.isExpected(id, asked.trigger(), asked.written())
                                ? ": no current decision for a trigger with this metadata"
                                : ": expected the metadata of a trigger of this ScaledObject, as it is now;"
                                        + " got another"));
        };
    }

    /** A call may name anything; what can be a ScaledObject's name is shown as it is. */
    private static String shown(ScaledObjectRef ref) {
        String name = ref.getNamespace() + "/" + ref.getName();
        return name.length() > LONGEST_NAMESPACE + 1 + LONGEST_NAME ? Violation.shortened(name) : name;
    }
}
