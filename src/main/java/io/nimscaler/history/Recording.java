package io.nimscaler.history;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Trigger;
import java.util.List;

/**
 * A span of one trigger's decisions under one metadata, as it was recorded.
 *
 * @param shadow whether the decisions are those of the trigger's shadow
 * @param trigger as the parser makes it of the header's metadata; the signal stands there under its plain name
 * @param lines in order of time
 */
public record Recording(
        ScaledObjectId scaledObject, String triggerName, boolean shadow, Trigger trigger, List<Recorded> lines) {

    /** The value of {@code format} in each header. */
    public static final String FORMAT = "nim-scaler-recording";

    /** What of the format this reads and writes. A later version may have more fields, which are ignored, or another meaning. */
    public static final int VERSION = 1;

    public Recording {
        lines = List.copyOf(lines);
    }
}
