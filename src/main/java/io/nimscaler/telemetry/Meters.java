package io.nimscaler.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps a {@link TriggerMeters} for each trigger that decides. Belongs to the owner's thread. */
public final class Meters {

    private final MeterRegistry registry;
    private final Map<TriggerId, TriggerMeters> triggers = new HashMap<>();

    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows this decision on a ScaledObject of which nobody says between how many replicas its HPA may choose. */
    public void update(Snapshot snapshot) {
        update(snapshot, Optional.empty());
    }

    /** Shows this decision. */
    public void update(Snapshot snapshot, Optional<ReplicaBounds> bounds) {
        triggers.compute(TriggerId.of(snapshot), (_, shown) -> {
                    if (shown != null && shown.fits(snapshot)) {
                        return shown;
                    }
                    if (shown != null) {
                        shown.remove();
                    }
                    return new TriggerMeters(registry, snapshot, bounds);
                })
                .update(snapshot, bounds);
    }

    /** Shows no triggers but those of these snapshots any more. */
    public void retain(List<Snapshot> present) {
        Set<TriggerId> keys = TriggerId.of(present);
        triggers.entrySet().removeIf(entry -> {
            boolean gone = !keys.contains(entry.getKey());
            if (gone) {
                entry.getValue().remove();
            }
            return gone;
        });
    }
}
