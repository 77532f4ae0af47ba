package io.nimscaler.scaler;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether pods have enough time to end their requests when they go. If not, a scale-down costs requests: a pod is killed before
 * its requests are done, or it must end before routers know of it.
 *
 * @param p99Seconds longer than this took 1 of 100 requests, at least
 * @param requests of so many
 * @param killed the shorter {@code terminationGracePeriodSeconds} that pods have, in ascending order; empty: none has a shorter one
 * @param killedPods how many pods have one of those
 * @param withoutPreStop how many pods have no preStop hook; 0 where requests are so short that it hardly matters
 * @param pods of so many
 */
public record DrainCheck(
        double p99Seconds, double requests, List<Long> killed, int killedPods, int withoutPreStop, int pods) {

    /** The reason of its warning and its Event. */
    public static final String REASON = "DrainTooShort";

    /** Beside the requests, the hook and the end of the process take time as well. */
    private static final int REST_SECONDS = 20;

    private static final int SUGGESTED_IN_STEPS_OF = 10;

    private static final int MOST_NAMED = 3;

    public DrainCheck {
        killed = List.copyOf(killed);
    }

    /** Whether anything is wrong. */
    public boolean isShort() {
        return killedPods > 0 || withoutPreStop > 0;
    }

    /** What is wrong and what to change, in one line. */
    public String text() {
        String seen = String.format(
                Locale.ROOT, "at least 1 in 100 of %.0f requests took longer than %.1f s", requests, p99Seconds);
        Stream<String> grace = killedPods == 0
                ? Stream.of()
                : Stream.of("terminationGracePeriodSeconds of " + of(killedPods) + " is "
                        + String.join(
                                ", ",
                                killed.stream()
                                        .limit(MOST_NAMED)
                                        .map(seconds -> Long.toString(seconds))
                                        .toList())
                        + ", after which what still runs is killed: set it to " + enough() + " or more");
        Stream<String> preStop = withoutPreStop == 0
                ? Stream.of()
                : Stream.of(of(withoutPreStop)
                        + " without a preStop hook: such a pod must end while requests are still sent to it;"
                        + " add lifecycle.preStop.sleep.seconds: 15");
        return String.join(
                "; ",
                Stream.of(Stream.of(seen), grace, preStop).flatMap(part -> part).toList());
    }

    private String of(int some) {
        return some + " of " + pods + (pods == 1 ? " pod" : " pods");
    }

    private long enough() {
        long steps = (long) Math.ceil((p99Seconds + REST_SECONDS) / SUGGESTED_IN_STEPS_OF);
        return steps * SUGGESTED_IN_STEPS_OF;
    }
}
