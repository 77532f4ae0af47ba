package io.nimscaler.scaler;

import io.nimscaler.policy.Answer;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The read-only side of {@link Scalers}: from any thread, without a lock, in constant time for one trigger. */
public interface Decisions {

    /** The ScaledObjects that have scalers, in order. */
    Set<ScaledObjectId> scaledObjects();

    /** The latest snapshot of what is reported; empty where there is no such scaler, or none has decided yet. */
    Optional<Snapshot> snapshot(ScaledObjectId id, Trigger trigger);

    /** The same for a call, which is noted: a trigger that only calls tell is forgotten when none comes any more. */
    Optional<Snapshot> called(ScaledObjectId id, Trigger trigger, Instant now);

    /** A call's trigger is refused. Where the ScaledObject has triggers that only calls can tell, a notice says so for a while. */
    void refused(ScaledObjectId id, String text, Instant now);

    /**
     * Whether this trigger has had a scaler for less than 10 s, or has none: its ScaledObject, its pods and what they say may just
     * be on their way.
     */
    boolean isNew(ScaledObjectId id, Trigger trigger, Instant now);

    /** Whether a call with this trigger and metadata can be for one of the ScaledObject's triggers, as they are known. */
    boolean isExpected(ScaledObjectId id, Trigger trigger, WrittenMetadata written);

    /** The latest snapshots of all scalers and shadows, ordered by namespace, name and the trigger's name. */
    List<Snapshot> snapshots();

    /** Whether the scaler of each trigger that there is has decided at least once. */
    boolean allHaveDecided();

    /** The metadata as parsed, or what else is wrong with it in a ScaledObject of this namespace. */
    ParsedTrigger check(String namespace, ParsedTrigger parsed);

    /** What its cluster says of this ScaledObject. */
    Observation observe(ScaledObjectId id);

    /** Between how many replicas its HPA may choose; empty: not known. */
    Optional<ReplicaBounds> bounds(ScaledObjectId id);

    /** Whether it is known which ScaledObjects there are. */
    Contact contact();

    /** What is to be said of the ScaledObjects beside their decisions, in order of namespace and name; bounded in number. */
    List<Notice> notices();

    /** The metric's value at the scale target's present replicas; at those of the decision where the cluster does not say. */
    Answer presentAnswer(Snapshot snapshot);
}
