package io.nimscaler.trigger;

import java.time.Duration;

/** One duration for the way up, another for the way down. */
public record UpAndDown(Duration up, Duration down) {

    /** Each from 0s to 1h. */
    static UpAndDown from(MetadataReader metadata, TriggerKey up, TriggerKey down) {
        return new UpAndDown(
                metadata.duration(up, Duration.ZERO, Duration.ofHours(1)),
                metadata.duration(down, Duration.ZERO, Duration.ofHours(1)));
    }
}
