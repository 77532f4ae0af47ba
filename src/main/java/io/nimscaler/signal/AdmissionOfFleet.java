package io.nimscaler.signal;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How many requests a fleet took and how many it refused, over a short sliding window. The window begins anew when there are
 * more pods than before: requests that were refused before the new pods came say nothing of now, and must not order further
 * pods.
 *
 * <p>Not thread-safe.
 */
public final class AdmissionOfFleet {

    /** That of the flow of a queue: of a shorter one, what filled the queue a moment ago would count beside what is refused since. */
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(30);

    /** Columns of the totals. */
    private static final int TAKEN = 0;

    private static final int REFUSED = 1;

    private final SlidingCounts totals;
    private final SlidingExtreme mostServing;
    private Admission total = Admission.NONE;
    private Optional<Admission> latest = Optional.empty();
    private boolean isTold;
    private Optional<Instant> lookedAt = Optional.empty();

    /**
     * @param window see {@link #window}
     */
    public AdmissionOfFleet(Duration window) {
        this.totals = new SlidingCounts(window, 2);
        this.mostServing = SlidingExtreme.highestOf(window);
    }

    /** Long enough for several scrapes of each pod: 30 s, or 4 × {@code pollInterval}. */
    public static Duration window(Duration pollInterval) {
        Duration four = pollInterval.multipliedBy(4);
        return four.compareTo(LEAST_WINDOW) > 0 ? four : LEAST_WINDOW;
    }

    /** What one of its pods tells. */
    public void add(Admission ofPod) {
        total = total.plus(ofPod);
        isTold = true;
    }

    /**
     * Over the window.
     *
     * @param serving how many pods are read
     * @return empty: no pod tells, or not for long enough; of before, where it began anew a moment ago and requests were refused then
     */
    public Optional<Admission> at(Instant now, int serving) {
        if (!isTold) {
            return Optional.empty();
        }
        boolean grew = serving > mostServing.value().orElse(serving);
        Duration elapsed = Duration.between(lookedAt.orElse(now), now);
        mostServing.add(serving, elapsed.isNegative() ? Duration.ZERO : elapsed);
        lookedAt = Optional.of(now);
        if (grew) {
            totals.clear();
        }
        totals.add(Ring.nanos(now), total.taken(), total.refused());
        if (!totals.spansEnough()) {
            return latest.filter(Admission::isRefusing).map(Admission::before);
        }
        // One that was preempted, or whose end was counted late, may have begun before
        latest = Optional.of(new Admission(Math.max(0, totals.growth(TAKEN)), totals.growth(REFUSED)));
        return latest;
    }
}
