package io.nimscaler.history;

import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.EffectiveMetadata;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import java.util.Map;
import java.util.Optional;

/**
 * Under which settings the minutes after it were.
 *
 * @param metadata the trigger's, defaults included; of the scaler's version that wrote it
 * @param limits the ScaledObject's replicas; empty: not known
 */
public record MinuteHeader(TriggerId trigger, Map<String, String> metadata, Optional<Minute.Limits> limits) {

    /** The value of {@code format} in each header. */
    public static final String FORMAT = "nim-scaler-history";

    /** What of the format this writes; it reads the versions before, too. Whatever is added to it is another version. */
    public static final int VERSION = 2;

    /** The first; the second has reactions and what was held in front of a fleet. */
    static final int FIRST_VERSION = 1;

    public MinuteHeader {
        metadata = Map.copyOf(metadata);
    }

    /** That of a trigger as it is now. */
    public static MinuteHeader of(TriggerId id, Trigger trigger, Optional<Minute.Limits> limits) {
        return new MinuteHeader(id, EffectiveMetadata.of(trigger), limits);
    }

    /** The trigger that the metadata say; another version may have had other keys. */
    public ParsedTrigger parsed() {
        return TriggerParser.parse(metadata);
    }
}
