package io.nimscaler.history;

import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decisions → minutes, of all triggers. Keeps the present minute of each. Not thread-safe. */
public final class MinuteBook {

    /** An edit ends a minute, for its settings hold for all of it. What is edited more often is kept up to here. */
    private static final int MOST_PARTS_OF_A_MINUTE = 4;

    private static final class Page {

        private final Reactions reactions = new Reactions();
        private MinuteBuilder minute;
        private int parts = 1;

        Page(MinuteBuilder minute) {
            this.minute = minute;
        }
    }

    private final Map<TriggerId, Page> pages = new HashMap<>();

    /**
     * Takes a decision into account.
     *
     * @param limits the ScaledObject's; empty: not known
     * @return the minute that it ends, if any
     */
    public Optional<KeptMinute> add(Snapshot snapshot, Optional<Minute.Limits> limits) {
        Instant minute = snapshot.decision().basis().at().truncatedTo(ChronoUnit.MINUTES);
        TriggerId id = TriggerId.of(snapshot);
        Page page = pages.computeIfAbsent(id, _ -> new Page(MinuteBuilder.of(snapshot, limits, minute)));
        List<Duration> came = page.reactions.take(snapshot);
        boolean another = !page.minute.at().equals(minute);
        boolean edited = !page.minute.isOf(snapshot.trigger(), limits);
        Optional<KeptMinute> ended = Optional.empty();
        if (another || (edited && page.parts < MOST_PARTS_OF_A_MINUTE)) {
            MinuteBuilder before = page.minute;
            page.parts = another ? 1 : page.parts + 1;
            page.minute = edited ? MinuteBuilder.of(snapshot, limits, minute) : before.next(minute);
            ended = before.end();
        } else if (edited) {
            return Optional.empty();
        }
        page.minute.add(snapshot, came);
        return ended;
    }

    /**
     * Ends the minutes of all triggers but those of these snapshots.
     *
     * @return what there was of them
     */
    public List<KeptMinute> retain(List<Snapshot> present) {
        List<KeptMinute> ended = new ArrayList<>();
        var ids = TriggerId.of(present);
        pages.entrySet().removeIf(page -> {
            boolean gone = !ids.contains(page.getKey());
            if (gone) {
                page.getValue().minute.end().ifPresent(ended::add);
            }
            return gone;
        });
        return ended;
    }

    /**
     * Ends all minutes, however short.
     *
     * @return what there was of them
     */
    public List<KeptMinute> end() {
        return retain(List.of());
    }
}
