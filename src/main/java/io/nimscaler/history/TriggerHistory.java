package io.nimscaler.history;

import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is remembered of one trigger. One thread changes it; any thread reads. */
final class TriggerHistory {

    /** Within this age a gap counts by its length; beyond it, the older it is the less. */
    private static final double RECENT_SECONDS = 60;

    /** By how much more a moment matters at which something else than before was decided. */
    private static final double WEIGHT_OF_A_CHANGE = 4;

    private final List<Remembered> entries = new ArrayList<>();
    private long bytes;
    private long number;

    /**
     * Adds a decision and forgets those that are older than {@code length}.
     *
     * @param bounds between how many replicas the HPA may choose at that moment; empty: not known
     * @return by how much it has grown, in bytes
     */
    synchronized long add(Snapshot snapshot, Optional<ReplicaBounds> bounds, Duration length) {
        long before = bytes;
        Remembered next = entries.isEmpty()
                ? Remembered.first(snapshot, bounds, number++)
                : Remembered.after(entries.getLast(), snapshot, bounds, number++);
        Instant oldest = next.at().minus(length);
        int outdated = 0;
        while (outdated < entries.size() && entries.get(outdated).at().isBefore(oldest)) {
            bytes -= entries.get(outdated++).bytes();
        }
        entries.subList(0, outdated).clear();
        entries.add(next);
        bytes += next.bytes();
        return bytes - before;
    }

    /**
     * Forgets the decision that will be missed least, never the latest.
     *
     * @return the bytes that this freed; 0: there is no other
     */
    synchronized long thinOut() {
        if (entries.size() < 2) {
            return 0;
        }
        long freed = entries.remove(leastMissed()).bytes();
        bytes -= freed;
        return freed;
    }

    /** The one that leaves the shortest gap for its age; the first holds the span and goes by its age alone. */
    private int leastMissed() {
        Instant now = entries.getLast().at();
        int least = 0;
        double leastLoss = Double.POSITIVE_INFINITY;
        for (int i = 1; i < entries.size() - 1; i++) {
            double gap = seconds(entries.get(i - 1).at(), entries.get(i + 1).at());
            double weight = isChange(entries.get(i - 1), entries.get(i)) ? WEIGHT_OF_A_CHANGE : 1;
            double loss =
                    weight * gap / (RECENT_SECONDS + seconds(entries.get(i).at(), now));
            if (loss < leastLoss) {
                leastLoss = loss;
                least = i;
            }
        }
        return least;
    }

    private static double seconds(Instant from, Instant to) {
        return (to.toEpochMilli() - from.toEpochMilli()) / 1000.0;
    }

    private static boolean isChange(Remembered one, Remembered next) {
        Decision before = one.decision();
        Decision now = next.decision();
        return before.getClass() != now.getClass()
                || !scale(before).equals(scale(now))
                || before instanceof Decision.Hold(HoldReason reason, var _)
                        && now instanceof Decision.Hold(HoldReason other, var _)
                        && reason != other;
    }

    private static Optional<Scale> scale(Decision decision) {
        return decision.basis().known().map(Decision.Basis.Known::scale);
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized List<Remembered> entries() {
        return List.copyOf(entries);
    }
}
