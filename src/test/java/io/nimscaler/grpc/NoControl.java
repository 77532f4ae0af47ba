package io.nimscaler.grpc;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import java.util.Collection;
import java.util.Set;

/** The owner of scalers that a test itself owns. */
enum NoControl implements ScalerControl {
    INSTANCE;

    @Override
    public void put(ScaledObjectId id, Collection<Trigger> triggers, Set<TriggerByCall> open) {}

    @Override
    public void remove(ScaledObjectId id) {}

    @Override
    public void adopt(ScaledObjectId id, Trigger trigger, WrittenMetadata written) {}

    @Override
    public long keptOfPods(ScaledObjectId id) {
        return 0;
    }

    @Override
    public boolean isAlive() {
        return true;
    }
}
