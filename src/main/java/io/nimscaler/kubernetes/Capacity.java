package io.nimscaler.kubernetes;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which ScaledObjects there is room for. The others are unknown to KEDA, with the reason; none loses its place to one that
 * came later, and who waits for one gets the next that becomes free.
 */
final class Capacity {

    /** One process watches each one's pods; more belong to one scaler per group of namespaces. */
    static final int SCALED_OBJECTS = 2_000;

    /**
     * Of heap for one, with what comes at once when an API server ends all watches: 300 in the 205 MB that the shipped limit of 256 Mi
     * gives. 500 stayed below it until their watches ended together, and passed it then.
     */
    private static final long BYTES_FOR_ONE = 700_000;

    private static final int FEWEST = 50;

    /** Of one ScaledObject: each is a policy with windows of its own. */
    static final int TRIGGERS = 16;

    /** Characters of all triggers of one ScaledObject: real ones have some thousand, with long PromQL; what is ours is kept. */
    static final int TEXT = 65_536;

    private final int scaledObjects;
    private final Set<ScaledObjectId> admitted = new HashSet<>();
    private final Map<ScaledObjectId, ScaledObject> waiting = new LinkedHashMap<>();
    private final Map<ScaledObjectId, String> refusals = new HashMap<>();

    /** How many there is room for in a heap of at most so many bytes. */
    static int forHeap(long bytes) {
        return Math.clamp(bytes / BYTES_FOR_ONE, FEWEST, SCALED_OBJECTS);
    }

    Capacity(int scaledObjects) {
        this.scaledObjects = scaledObjects;
    }

    /**
     * It wants to be there, or to stay, with so many triggers that are ours.
     *
     * @return why it may not
     */
    synchronized Optional<String> enter(ScaledObject scaledObject, int triggers) {
        ScaledObjectId id = scaledObject.id();
        if (triggers > TRIGGERS) {
            waiting.remove(id);
            refusals.put(id, "expected at most " + TRIGGERS + " triggers of one ScaledObject, got " + triggers);
        } else if (scaledObject.textLength() > TEXT) {
            waiting.remove(id);
            refusals.put(
                    id,
                    "expected triggers of at most " + TEXT + " characters in all, got " + scaledObject.textLength());
        } else if (!admitted.contains(id) && admitted.size() == scaledObjects) {
            waiting.put(id, scaledObject);
            refusals.put(
                    id,
                    "expected at most " + scaledObjects + " ScaledObjects in this much memory, this one is over them");
        } else {
            admitted.add(id);
            waiting.remove(id);
            refusals.remove(id);
        }
        return Optional.ofNullable(refusals.get(id));
    }

    /**
     * It is gone, or may not stay.
     *
     * @return who has waited longest, if a place is free now
     */
    synchronized Optional<ScaledObject> leave(ScaledObjectId id) {
        waiting.remove(id);
        refusals.remove(id);
        return admitted.remove(id) ? waiting.values().stream().findFirst() : Optional.empty();
    }

    /** Why there is no room for it, if that is so. */
    synchronized Optional<String> refusal(ScaledObjectId id) {
        return Optional.ofNullable(refusals.get(id));
    }
}
