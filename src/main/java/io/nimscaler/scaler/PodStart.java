package io.nimscaler.scaler;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** How one pod starts, as far as it was seen: since when it starts, since when it is ready, and how long that took. */
final class PodStart {

    private Optional<Instant> firstReady = Optional.empty();
    private Optional<Instant> seenSince = Optional.empty();
    private Optional<Duration> length = Optional.empty();

    void goOnFrom(PodStart other) {
        firstReady = other.firstReady;
        seenSince = other.seenSince;
    }

    /**
     * The pod as it is described now.
     *
     * @param before as it was described before
     */
    void describe(Pod before, Pod now, Instant at) {
        // It starts when it is scheduled, however long it waited for a node
        seenSince = seenSince
                .filter(_ -> now.startup().since().equals(before.startup().since()))
                .or(() -> Optional.of(at));
        if (now.ready() || (now.startup().everReady() && firstReady.isEmpty())) {
            // Of one that is not ready any more it is not known since when it was ready, only that it was scheduled
            // before
            Instant since =
                    earlier(now.startup().readySince().orElse(now.startup().since()), at);
            if (now.ready()
                    && firstReady.isEmpty()
                    && seenSince.filter(at::isAfter).isPresent()) {
                length = Optional.of(lengthFrom(now.startup().since(), since));
            }
            firstReady = Optional.of(firstReady.map(was -> earlier(was, since)).orElse(since));
        }
    }

    /** Whether it was ever ready. */
    boolean isOver() {
        return firstReady.isPresent();
    }

    /** Whether it had been ready by then, be it ready now or not. */
    boolean wasOverBy(Instant then) {
        return firstReady.filter(first -> !first.isAfter(then)).isPresent();
    }

    /** How long it took, told once; empty: it is not over, or was when the pod was seen first. */
    Optional<Duration> takeLength() {
        Optional<Duration> told = length;
        length = Optional.empty();
        return told;
    }

    /** For how long the pod starts: by the cluster's clock, and where that is ahead of ours, for as long as we have seen it. */
    Duration lasts(Pod pod, Instant now) {
        return Stream.concat(Stream.of(pod.startup().since()), seenSince.stream())
                .map(since -> lengthFrom(since, now))
                .max(Duration::compareTo)
                .orElseThrow();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** The wall clock of the cluster may be ahead of ours: no length is negative. */
    private static Duration lengthFrom(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }
}
