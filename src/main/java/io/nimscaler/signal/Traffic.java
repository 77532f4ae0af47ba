package io.nimscaler.signal;

import java.util.Collection;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What pods say of their requests beside the signal. No decision is made from it. Empty: they do not say it.
 *
 * @param running requests that are worked on
 * @param waiting requests in the queue
 * @param promptTokens a second
 * @param generationTokens a second
 * @param rejections requests a second that the server refused because of its queue's limits
 */
public record Traffic(
        OptionalDouble running,
        OptionalDouble waiting,
        OptionalDouble promptTokens,
        OptionalDouble generationTokens,
        OptionalDouble rejections) {

    /** Of pods that say nothing. */
    public static final Traffic UNKNOWN = new Traffic(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    /** That of all these pods together: what one of them does not say is not known of all. Of no pod nothing is known. */
    public static Traffic total(Collection<Traffic> pods) {
        return new Traffic(
                total(pods, Traffic::running),
                total(pods, Traffic::waiting),
                total(pods, Traffic::promptTokens),
                total(pods, Traffic::generationTokens),
                total(pods, Traffic::rejections));
    }

    private static OptionalDouble total(Collection<Traffic> pods, Function<Traffic, OptionalDouble> of) {
        double total = 0;
        for (Traffic pod : pods) {
            OptionalDouble one = of.apply(pod);
            if (one.isEmpty()) {
                return OptionalDouble.empty();
            }
            total += one.getAsDouble();
        }
        return pods.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(total);
    }
}
