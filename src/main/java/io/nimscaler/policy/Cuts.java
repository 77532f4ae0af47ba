package io.nimscaler.policy;

import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sees when another writer than the HPA takes replicas away: {@code spec} falls below the fewest replicas that the HPA could
 * make of any answer of the last minute. The HPA asks every 15 s. KEDA's cache of metrics is as old as its
 * {@code pollingInterval}, 30 s by default.
 *
 * <p>After a moment without an answer, or with an inactive one, it reports no cut: KEDA's fallback and its way to zero write
 * replicas, too.
 *
 * <p>Not thread-safe.
 */
public final class Cuts {

    private static final Duration SPAN = Duration.ofMinutes(1);

    /**
     * One that was seen.
     *
     * @param from the wanted replicas before
     * @param to those now, fewer than {@code asked}
     * @param asked the fewest that any answer of the last minute asked for
     */
    public record Cut(int from, int to, long asked) {}

    /**
     * All that is remembered.
     *
     * @param spec the wanted replicas when they were last seen
     * @param owed what was asked for at a cut that is not made good yet
     * @param asked the fewest replicas that were asked for, over the last minute
     */
    public record State(OptionalInt spec, OptionalLong owed, SlidingExtreme.State asked) {}

    private SlidingExtreme asked = SlidingExtreme.lowestOf(SPAN);
    private OptionalInt spec = OptionalInt.empty();
    private OptionalLong owed = OptionalLong.empty();

    /** One that goes on from a state. */
    public static Cuts resumed(State state) {
        Cuts next = new Cuts();
        next.asked = next.asked.resumed(state.asked());
        next.spec = state.spec();
        next.owed = state.owed();
        return next;
    }

    /** What is remembered now. */
    public State state() {
        return new State(spec, owed, asked.state());
    }

    /** The wanted replicas when they were last seen. */
    public OptionalInt lastSeen() {
        return spec;
    }

    /** The wanted replicas at this moment, and the cut if they became fewer by one. */
    public Optional<Cut> see(int now) {
        int before = spec.orElse(now);
        spec = OptionalInt.of(now);
        if (now >= owed.orElse(0)) {
            owed = OptionalLong.empty();
        }
        long least = leastAsked();
        if (now >= before || now >= least) {
            return Optional.empty();
        }
        owed = OptionalLong.of(Math.max(least, owed.orElse(0)));
        return Optional.of(new Cut(before, now, least));
    }

    /**
     * The fewest replicas that the HPA can make of what is answered from now on.
     *
     * @param elapsed since what was answered before
     */
    public void ask(long replicas, Duration elapsed) {
        asked.add(replicas, asked.value().isPresent() ? elapsed : Duration.ZERO);
    }

    /** Nothing is answered, or KEDA may act by itself: others may write replicas for good reasons. */
    public void askNothing() {
        asked = SlidingExtreme.lowestOf(SPAN);
    }

    /** Whether replicas were taken away and are not back yet. */
    public boolean isOwed() {
        return owed.isPresent();
    }

    /** What was taken away is not needed any more. */
    public void forgive() {
        owed = OptionalLong.empty();
    }

    /** 0 before a whole minute was observed. */
    private long leastAsked() {
        return asked.remaining().isZero() ? (long) asked.value().orElse(0) : 0;
    }
}
