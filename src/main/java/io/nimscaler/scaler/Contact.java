package io.nimscaler.scaler;

import java.time.Instant;

/** Whether the list of ScaledObjects is known at this moment. */
public sealed interface Contact {

    /** No API server is asked: the pods come from the settings or the demo. */
    record NotUsed() implements Contact {}

    /** They are watched. */
    record Watching() implements Contact {}

    /**
     * The API server has never said which there are.
     *
     * @param since the start
     */
    record NeverReached(Instant since, String reason) implements Contact {}

    /**
     * What the API server said last is known, and not what has changed since then.
     *
     * @param since when they were last seen to be watched
     */
    record Away(Instant since, String reason) implements Contact {}

    /** In snake case, as REST says it. */
    default String label() {
        return switch (this) {
            case NotUsed _ -> "not_used";
            case Watching _ -> "watching";
            case NeverReached _ -> "never_reached";
            case Away _ -> "away";
        };
    }
}
