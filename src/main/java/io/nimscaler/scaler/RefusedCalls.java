package io.nimscaler.scaler;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Refused triggers that only a call shows in full, because KEDA resolves {@code keyFromEnv}. Their error cannot be seen in the
 * ScaledObject. Thread-safe.
 */
final class RefusedCalls {

    /** KEDA asks again at least every {@code pollingInterval}, which is mostly 30 s. */
    private static final Duration TOLD_FOR = Duration.ofMinutes(5);

    /** Of one ScaledObject; otherwise a client could invent any number. */
    private static final int MOST = 4;

    private final Map<ScaledObjectId, Map<String, Instant>> refused = new ConcurrentSkipListMap<>();

    /** A call was refused for this reason. */
    void note(ScaledObjectId id, String text, Instant now) {
        refused.compute(id, (_, before) -> {
            Map<String, Instant> texts = before == null ? new LinkedHashMap<>() : new LinkedHashMap<>(before);
            if (texts.size() < MOST || texts.containsKey(text)) {
                texts.put(text, now);
            }
            return Map.copyOf(texts);
        });
    }

    /** Time passes: what was not said again for long holds no more. */
    void forgetOld(ScaledObjectId id, Instant now) {
        refused.computeIfPresent(id, (_, before) -> {
            Map<String, Instant> texts = new LinkedHashMap<>(before);
            texts.values().removeIf(at -> at.plus(TOLD_FOR).isBefore(now));
            return texts.isEmpty() ? null : Map.copyOf(texts);
        });
    }

    /** This ScaledObject is edited or gone. */
    void forget(ScaledObjectId id) {
        refused.remove(id);
    }

    /** In order of the ScaledObjects. */
    List<Notice> notices() {
        return refused.entrySet().stream()
                .flatMap(entry -> entry.getValue().keySet().stream()
                        .sorted()
                        .map(text -> new Notice(
                                entry.getKey(), "a call of KEDA", Optional.empty(), Notice.TRIGGER_REFUSED, text)))
                .toList();
    }
}
