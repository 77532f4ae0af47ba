package io.nimscaler.wake;

import io.nimscaler.trigger.Scheme;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A source of demand from the scaler's own settings, such as a gateway: it knows of requests before there is a pod.
 *
 * @param name what a trigger's {@code wakeSource} says
 * @param namespaces of the ScaledObjects that may name it; {@code *} is every one
 * @param host a name or an address, wherever the operator wants
 * @param path path, with a query if any, starting with {@code /}
 * @param podAuth name of the trust and credentials that it is asked with; empty: none
 * @param pollInterval how often it is asked while a trigger names it
 */
public record WakeSource(
        String name,
        Set<String> namespaces,
        Scheme scheme,
        String host,
        int port,
        String path,
        Optional<String> podAuth,
        Duration pollInterval,
        WakeMetric metric) {

    private static final String EVERY = "*";
    private static final Duration LEAST_STALE_AFTER = Duration.ofSeconds(10);

    public WakeSource {
        namespaces = Set.copyOf(namespaces);
    }

    boolean isFor(String namespace) {
        return namespaces.contains(EVERY) || namespaces.contains(namespace);
    }

    /** A reading older than this says nothing: max(10s, 3 × {@code pollInterval}), so that one lost answer is bridged. */
    Duration staleAfter() {
        Duration three = pollInterval.multipliedBy(3);
        return three.compareTo(LEAST_STALE_AFTER) > 0 ? three : LEAST_STALE_AFTER;
    }
}
