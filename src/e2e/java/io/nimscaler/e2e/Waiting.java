package io.nimscaler.e2e;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Expectations over time. Each fails with what was last seen. */
final class Waiting {

    static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private Waiting() {}

    /** Lets time pass; for spans in which nothing can be awaited. */
    static void pause(Duration span) {
        Awaitility.await().pollDelay(span).atMost(span.plusSeconds(5)).until(() -> true);
    }

    /** The API server may close a connection while it is asked: it is asked again. */
    static <T> void until(String what, Duration within, Supplier<T> seen, Predicate<T> expected) {
        Awaitility.await(what)
                .atMost(within)
                .pollInterval(LOOK_EVERY)
                .pollDelay(Duration.ZERO)
                .ignoreException(KubernetesClientException.class)
                .untilAsserted(() -> check(what, seen.get(), expected));
    }

    static <T> void throughout(String what, Duration span, Supplier<T> seen, Predicate<T> expected) {
        throughout(what, span, LOOK_EVERY, seen, expected);
    }

    static <T> void throughout(
            String what, Duration span, Duration lookEvery, Supplier<T> seen, Predicate<T> expected) {
        Awaitility.await(what)
                .during(span)
                .atMost(span.plusSeconds(5).plus(lookEvery.multipliedBy(5)))
                .pollInterval(lookEvery)
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    check(what, seen.get(), expected);
                    return true;
                });
    }

    private static <T> void check(String what, T seen, Predicate<T> expected) {
        if (!expected.test(seen)) {
            throw new AssertionError(what + ": seen was " + seen);
        }
    }
}
