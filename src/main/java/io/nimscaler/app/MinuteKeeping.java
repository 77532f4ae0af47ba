package io.nimscaler.app;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteBook;
import io.nimscaler.scaler.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Turns decisions into the minutes that are kept. An error here does not stop the polls or the answers. Not thread-safe. */
final class MinuteKeeping {

    private static final Logger LOG = Logger.getLogger(MinuteKeeping.class);

    private final MinuteBook minutes = new MinuteBook();

    /**
     * Takes a decision into account; throws nothing.
     *
     * @param keep gets the minute that it ends, if any
     */
    void take(Snapshot snapshot, Optional<Minute.Limits> limits, Consumer<KeptMinute> keep) {
        try {
            minutes.add(snapshot, limits).ifPresent(keep);
        } catch (RuntimeException bug) {
            LOG.errorf(bug, "a minute of the history could not be made scaledObject=%s", snapshot.scaledObject());
        }
    }

    /** As {@link MinuteBook#retain}. */
    List<KeptMinute> retain(List<Snapshot> present) {
        return minutes.retain(present);
    }

    /** As {@link MinuteBook#end}. */
    List<KeptMinute> end() {
        return minutes.end();
    }
}
