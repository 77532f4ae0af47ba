package io.nimscaler.history;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last decisions of each trigger, without their pods, so that its size is bounded by the number of triggers alone. One
 * thread adds; any thread reads.
 */
public final class DecisionRing {

    private final int capacity;
    private final Map<TriggerId, Deque<Snapshot>> rings = new ConcurrentHashMap<>();

    /**
     * @param capacity decisions kept of each trigger, at least 0
     */
    public DecisionRing(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity = " + capacity + ", must be at least 0");
        }
        this.capacity = capacity;
    }

    /** Remembers a decision, and forgets the oldest beyond the capacity. */
    public void add(Snapshot snapshot) {
        Deque<Snapshot> ring = rings.computeIfAbsent(TriggerId.of(snapshot), _ -> new ArrayDeque<>());
        synchronized (ring) {
            ring.addLast(snapshot.withoutPods());
            while (ring.size() > capacity) {
                ring.removeFirst();
            }
        }
    }

    /** Forgets all triggers but those of these snapshots. */
    public void retain(List<Snapshot> present) {
        rings.keySet().retainAll(TriggerId.of(present));
    }

    /** The remembered decisions of one trigger, oldest first. */
    public List<Snapshot> of(ScaledObjectId scaledObject, Trigger trigger) {
        Deque<Snapshot> ring = rings.getOrDefault(new TriggerId(scaledObject, trigger), new ArrayDeque<>());
        synchronized (ring) {
            return List.copyOf(ring);
        }
    }
}
