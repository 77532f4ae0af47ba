package io.nimscaler.history;

import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last decisions of each trigger with the readings of their pods, bounded by time, and by memory over all triggers together.
 *
 * <p>While there is memory, it keeps every decision. When the memory is used up, a trigger that uses its fair share or more
 * loses decisions: its history gets coarser, the old part most. The moments at which something changed are kept longest. So a
 * fleet of a thousand pods does not take the memory of the others, and each trigger keeps the whole time, with less detail.
 *
 * <p>One thread adds; any thread reads.
 */
public final class DecisionRing {

    private final Duration length;
    private final long maxBytes;
    private final Map<TriggerId, TriggerHistory> histories = new ConcurrentHashMap<>();
    private long bytes;

    /**
     * @param length how long a decision is remembered at most; 0 keeps none
     * @param maxBytes of all that is remembered, estimated from above; exceeded by one decision of each trigger at most
     */
    public DecisionRing(Duration length, long maxBytes) {
        if (length.isNegative()) {
            throw new IllegalArgumentException("length = " + length + ", must be at least 0");
        }
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes = " + maxBytes + ", must be at least 0");
        }
        this.length = length;
        this.maxBytes = maxBytes;
    }

    /** Remembers a decision without the bounds of its ScaledObject. */
    public void add(Snapshot snapshot) {
        add(snapshot, Optional.empty());
    }

    /**
     * Remembers a decision, and forgets what the bounds of memory leave no room for.
     *
     * @param bounds between how many replicas the HPA may choose now; empty: not known
     */
    public void add(Snapshot snapshot, Optional<ReplicaBounds> bounds) {
        if (length.isZero() || maxBytes == 0) {
            return;
        }
        TriggerHistory history = histories.computeIfAbsent(TriggerId.of(snapshot), _ -> new TriggerHistory());
        bytes += history.add(snapshot, bounds, length);
        while (bytes > maxBytes && history.bytes() > maxBytes / histories.size()) {
            long freed = history.thinOut();
            if (freed == 0) {
                return;
            }
            bytes -= freed;
        }
    }

    /** Forgets all triggers but those of these snapshots. */
    public void retain(List<Snapshot> present) {
        histories.keySet().retainAll(TriggerId.of(present));
        bytes = histories.values().stream().mapToLong(TriggerHistory::bytes).sum();
    }

    /** The remembered decisions of one trigger, oldest first. */
    public List<Remembered> of(TriggerId trigger) {
        TriggerHistory history = histories.get(trigger);
        return history == null ? List.of() : history.entries();
    }

    /** The latest remembered decision of one trigger at or before a moment. */
    public Optional<Remembered> at(TriggerId trigger, Instant moment) {
        List<Remembered> all = of(trigger);
        int after = 0;
        while (after < all.size() && !all.get(after).at().isAfter(moment)) {
            after++;
        }
        return after == 0 ? Optional.empty() : Optional.of(all.get(after - 1));
    }

    /** What all that is remembered takes, estimated from above. */
    long bytes() {
        return bytes;
    }
}
