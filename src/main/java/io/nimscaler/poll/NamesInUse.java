package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The names that readers look for, made once for all endpoints of which the same is wanted: there are thousands of pods and few kinds of
 * triggers, and each takes 10 to 30 kB.
 *
 * <p>Bounded: beyond 64 kinds the one that was not asked for longest is forgotten, and made again with its next endpoint. Belongs to the
 * owner's thread.
 */
public final class NamesInUse {

    /** Each may be a trigger with names of its author's. */
    static final int MOST = 64;

    /** The interval does not matter. */
    private record Kind(Set<String> names, Set<String> beside, Set<String> seldom) {}

    private final Map<Kind, MetricNames> made = new LinkedHashMap<>(16, .75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, MetricNames> eldest) {
            return size() > MOST;
        }
    };

    /** Those of a request, without what is read seldom. */
    MetricNames of(PollRequest request) {
        return of(new Kind(request.names(), request.beside(), Set.of()), request::metricNames);
    }

    /** With what is read seldom. */
    MetricNames allOf(PollRequest request) {
        return of(new Kind(request.names(), request.beside(), request.seldom()), request::allMetricNames);
    }

    private MetricNames of(Kind kind, Supplier<MetricNames> make) {
        return made.computeIfAbsent(kind, _ -> make.get());
    }

    /** How many kinds are remembered. */
    int size() {
        return made.size();
    }
}
