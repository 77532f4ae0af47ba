package io.nimscaler.scaler;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import java.util.Collection;
import java.util.Set;

/** Gives changes to the thread that owns the {@link Scalers}. It returns at once, and may be called from any thread. */
public interface ScalerControl {

    /** See {@link Scalers#put}. */
    void put(ScaledObjectId id, Collection<Trigger> triggers, Set<TriggerByCall> byCall);

    /** See {@link Scalers#remove}. */
    void remove(ScaledObjectId id);

    /** See {@link Scalers#adopt}. */
    void adopt(ScaledObjectId id, Trigger trigger, WrittenMetadata written);

    /** See {@link Scalers#keptOfPods}. */
    long keptOfPods(ScaledObjectId id);

    /** Whether time still passes for the scalers: false once their thread has hung for a while. */
    boolean isAlive();
}
