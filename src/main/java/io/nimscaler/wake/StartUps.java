package io.nimscaler.wake;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;

/**
 * How long one scale target takes from zero replicas to its first sampled pod.
 *
 * <p>The last demand keeps the scale target awake for that long. To stop a replica that is needed again costs a start. To keep
 * one that is not needed costs its idle time. A scaler that waits as long as a start takes never pays more than twice the best
 * choice in hindsight (the ski rental problem; Karlin et al., Competitive snoopy caching, 1988).
 */
public final class StartUps {

    /** Before the first start that was seen: minutes are common, for a model is read from a disk or a network. */
    public static final Duration DEFAULT = Duration.ofMinutes(5);

    private static final int KEPT = 5;

    private final Deque<Duration> lengths = new ArrayDeque<>();
    private boolean atZero;
    private Optional<Instant> wokenAt = Optional.empty();

    /**
     * The scale target at a moment.
     *
     * @param spec the replicas that are wanted
     * @param sampled whether one of its pods has given a sample
     */
    public void observe(int spec, boolean sampled, Instant now) {
        if (spec == 0) {
            wokenAt = Optional.empty();
        } else if (atZero) {
            wokenAt = Optional.of(now);
        }
        atZero = spec == 0;
        if (sampled && wokenAt.isPresent()) {
            lengths.addLast(Duration.between(wokenAt.get(), now));
            wokenAt = Optional.empty();
            if (lengths.size() > KEPT) {
                lengths.removeFirst();
            }
        }
    }

    /** Its replicas are not known at the moment: a start from zero within this time is not seen from its beginning. */
    public void lose() {
        atZero = false;
    }

    /** The longest of the last five starts; {@link #DEFAULT} before the first. */
    public Duration longest() {
        return lengths.stream().max(Comparator.naturalOrder()).orElse(DEFAULT);
    }
}
