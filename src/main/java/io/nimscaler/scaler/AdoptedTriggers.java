package io.nimscaler.scaler;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The triggers of one ScaledObject that only calls show. A client that may call can invent the values that only calls show. So a
 * new trigger is on trial first: one that is called once, or in one burst, takes no place from a trigger that KEDA calls again
 * and again. A trigger that is not called any more, because its value changed, is removed. So is one that an edit of the
 * ScaledObject has made invalid.
 *
 * <p>{@link #called} may come from any thread, the rest from the owner's.
 */
final class AdoptedTriggers {

    /** As many triggers as a ScaledObject may have; of those on trial as many again. */
    static final int MOST = 16;

    /** KEDA calls every {@code pollingInterval} (30 s by default), the HPA every 15 s. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);

    /** Less than KEDA's interval, so that its second call is enough. */
    static final Duration TRIAL = Duration.ofSeconds(10);

    /** KEDA and we hear of an edit at different moments, and calls of before it may be on their way. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final class Calls {
        private final WrittenMetadata written;
        private final Instant first;
        private volatile Instant last;
        private Instant end = Instant.MAX;

        Calls(WrittenMetadata written, Instant now) {
            this.written = written;
            this.first = now;
            this.last = now;
        }

        boolean onTrial() {
            return last.isBefore(first.plus(TRIAL));
        }

        boolean trialIsOver(Instant now) {
            return !now.isBefore(first.plus(TRIAL));
        }
    }

    private final Map<Trigger, Calls> calls = new ConcurrentHashMap<>();

    /** Those that there are, the one heard of first is the first. */
    List<Trigger> triggers() {
        return calls.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().first))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** It is called; where it is not adopted that means nothing. */
    void called(Trigger trigger, Instant now) {
        Calls known = calls.get(trigger);
        if (known != null) {
            known.last = now;
        }
    }

    /**
     * It is called for the first time, as far as is known.
     *
     * @return false: there is no room, or it is there already
     */
    boolean adopt(Trigger trigger, WrittenMetadata written, Instant now) {
        if (calls.containsKey(trigger)) {
            return false;
        }
        if (number(Calls::onTrial) >= MOST) {
            Optional<Trigger> failed = longestUncalled(other -> other.onTrial() && other.trialIsOver(now));
            if (failed.isEmpty()) {
                return false;
            }
            calls.remove(failed.get());
        }
        calls.put(trigger, new Calls(written, now));
        return true;
    }

    /**
     * Its ScaledObject is another: what is not of it any more ends soon.
     *
     * @param isOfIt whether a call with this metadata can be for a trigger of it
     */
    void edited(Predicate<WrittenMetadata> isOfIt, Instant now) {
        calls.values().forEach(known -> {
            if (isOfIt.test(known.written)) {
                known.end = Instant.MAX;
            } else if (known.end.equals(Instant.MAX)) {
                known.end = now.plus(GRACE);
            }
        });
    }

    /**
     * Removes those that are not called any more or that an edit has ended, and of those that have stood their trial all but so many.
     *
     * @return whether there was one
     */
    boolean forget(Instant now) {
        if (calls.isEmpty()) {
            return false;
        }
        boolean any = calls.values()
                .removeIf(known -> !now.isBefore(known.last.plus(FORGOTTEN_AFTER)) || !now.isBefore(known.end));
        while (number(known -> !known.onTrial()) > MOST) {
            longestUncalled(known -> !known.onTrial()).ifPresent(calls::remove);
            any = true;
        }
        return any;
    }

    void clear() {
        calls.clear();
    }

    private long number(Predicate<Calls> which) {
        return calls.values().stream().filter(which).count();
    }

    private Optional<Trigger> longestUncalled(Predicate<Calls> which) {
        return calls.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .min(Comparator.comparing(entry -> entry.getValue().last))
                .map(Map.Entry::getKey);
    }
}
