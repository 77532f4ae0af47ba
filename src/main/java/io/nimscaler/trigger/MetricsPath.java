package io.nimscaler.trigger;

import java.util.List;

/**
 * Where a pod serves its metrics.
 *
 * @param candidates in the order in which they are tried; more than one only for {@code auto}
 */
public record MetricsPath(List<String> candidates) {

    /** NIM documents {@code /v1/metrics} since 1.5; earlier versions and plain engines serve {@code /metrics}. */
    public static final MetricsPath AUTO = new MetricsPath(List.of("/v1/metrics", "/metrics"));

    public MetricsPath {
        candidates = List.copyOf(candidates);
    }
}
