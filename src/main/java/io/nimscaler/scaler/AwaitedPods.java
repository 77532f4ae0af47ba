package io.nimscaler.scaler;

import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Scale;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The replicas that are wanted and not in the scaler's watch yet. They count as starting. No node has taken them: a quota may
 * never let them be made. If the scale target says that such a replica is there, and the watch does not show it after
 * {@code staleAfter}, it may be at work. It is then missing, and is not counted as stuck.
 */
final class AwaitedPods {

    private final List<Instant> awaitedSince = new ArrayList<>();
    private final List<Duration> unseenSince = new ArrayList<>();

    /** Goes on from what another has seen. */
    void goOnFrom(AwaitedPods other) {
        awaitedSince.addAll(other.awaitedSince);
        unseenSince.addAll(other.unseenSince);
    }

    /**
     * One reading for each.
     *
     * @param present how many pods our watch shows
     * @param observed the time in which pods were read, see {@link Patience#observed}
     */
    List<PodReading> readings(Scale scale, int present, Duration staleAfter, Duration observed, Instant now) {
        resize(awaitedSince, Math.max(0, scale.spec() - present), now);
        List<Duration> waited = awaitedSince.stream()
                .map(since -> since.isAfter(now) ? Duration.ZERO : Duration.between(since, now))
                .toList();
        long forLong = waited.stream()
                .filter(length -> length.compareTo(staleAfter) > 0)
                .count();
        int unseen = (int) Math.min(forLong, Math.max(0, scale.status() - present));
        resize(unseenSince, unseen, observed);
        return Stream.<PodReading>concat(
                        unseenSince.stream()
                                .map(since -> new PodReading.Missing(OptionalDouble.empty(), observed.minus(since))),
                        waited.stream().skip(unseen).map(length -> new PodReading.Starting(length, true)))
                .toList();
    }

    /** Each has an age of its own. Who comes is taken for the latest: coming and going makes none that waits for long young again. */
    private static <T> void resize(List<T> beginnings, int size, T now) {
        while (beginnings.size() > size) {
            beginnings.removeLast();
        }
        while (beginnings.size() < size) {
            beginnings.addLast(now);
        }
    }
}
