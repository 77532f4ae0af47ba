package io.nimscaler.kubernetes;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which ScaledObjects have room. KEDA gets no value for the others, with the reason. No ScaledObject loses its place to a later
 * one. The one that has waited longest gets the next free place. The number of waiting ones is bounded, too.
 */
final class Capacity {

    /** One process watches each one's pods; more belong to one scaler per group of namespaces. */
    static final int SCALED_OBJECTS = 2_000;

    /** Of heap for what does not grow with them: the program's own objects and the history, twice, and a question of what-if. */
    private static final long BYTES_FOR_NONE = 70_000_000;

    /**
     * Of heap for one, with a trigger and a pod: some 40 kB live; as much again for a collector that copies, and half as much for what
     * comes at once when an API server ends all watches.
     */
    private static final long BYTES_FOR_ONE = 125_000;

    private static final int FEWEST = 50;

    /** Of one ScaledObject: each is a policy with windows of its own. */
    static final int TRIGGERS = 16;

    /** Characters of all triggers of one ScaledObject: real ones have some thousand, with long PromQL; what is ours is kept. */
    static final int TEXT = 65_536;

    /** Of those that wait, and characters of their triggers in all. */
    static final int WAITING = SCALED_OBJECTS;

    private static final long WAITING_TEXT = 2_000_000;

    /** Those that wait, and as many with too many triggers or too long ones. */
    private static final int REFUSALS = 2 * WAITING;

    private final int scaledObjects;
    private long waitingText;
    private boolean leftOut;
    private final Set<ScaledObjectId> admitted = new HashSet<>();
    private final Map<ScaledObjectId, ScaledObject> waiting = new LinkedHashMap<>();
    private final Map<ScaledObjectId, String> refusals = new HashMap<>();

    /** How many there is room for in a heap of at most so many bytes. */
    static int forHeap(long bytes) {
        return Math.clamp((bytes - BYTES_FOR_NONE) / BYTES_FOR_ONE, FEWEST, SCALED_OBJECTS);
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
        Optional<String> refusal = Optional.empty();
        if (triggers > TRIGGERS) {
            stopWaiting(id);
            refusal = Optional.of("expected at most " + TRIGGERS + " triggers of one ScaledObject, got " + triggers);
        } else if (scaledObject.textLength() > TEXT) {
            stopWaiting(id);
            refusal = Optional.of("expected triggers of at most " + TEXT + " characters in all, got "
                    + scaledObject.textLength() + " (a trigger counts as 100 more, a key as 50)");
        } else if (!admitted.contains(id) && admitted.size() >= scaledObjects) {
            waitFor(scaledObject);
            refusal = Optional.of(full());
        } else {
            stopWaiting(id);
            admitted.add(id);
        }
        refusal.ifPresentOrElse(text -> keep(id, text), () -> refusals.remove(id));
        return refusal;
    }

    private String full() {
        return "expected at most " + scaledObjects
                + " ScaledObjects with this memory limit, and this one is one more: raise the limit";
    }

    /** One that is edited meanwhile keeps its turn. */
    private void waitFor(ScaledObject scaledObject) {
        ScaledObject before = waiting.get(scaledObject.id());
        long text = waitingText + scaledObject.textLength() - (before == null ? 0 : before.textLength());
        if (text <= WAITING_TEXT && (before != null || waiting.size() < WAITING)) {
            waiting.put(scaledObject.id(), scaledObject);
            waitingText = text;
        } else {
            stopWaiting(scaledObject.id());
            leftOut = true;
        }
    }

    private void stopWaiting(ScaledObjectId id) {
        ScaledObject before = waiting.remove(id);
        waitingText -= before == null ? 0 : before.textLength();
    }

    private void keep(ScaledObjectId id, String text) {
        if (refusals.size() < REFUSALS || refusals.containsKey(id)) {
            refusals.put(id, text);
        } else {
            leftOut = true;
        }
    }

    /** Whether it is told by itself when there is a place for it; else it has to come again. */
    synchronized boolean isWaiting(ScaledObjectId id) {
        return waiting.containsKey(id);
    }

    /**
     * It is gone, or may not stay.
     *
     * @return who has waited longest, if a place is free now
     */
    synchronized Optional<ScaledObject> leave(ScaledObjectId id) {
        stopWaiting(id);
        refusals.remove(id);
        return admitted.remove(id) ? waiting.values().stream().findFirst() : Optional.empty();
    }

    /** Why there is no room for it, if that is so. */
    synchronized Optional<String> refusal(ScaledObjectId id) {
        Optional<String> kept = Optional.ofNullable(refusals.get(id));
        boolean mayBeLeftOut = leftOut && admitted.size() >= scaledObjects && !admitted.contains(id);
        return kept.isPresent() || !mayBeLeftOut ? kept : Optional.of(full());
    }
}
