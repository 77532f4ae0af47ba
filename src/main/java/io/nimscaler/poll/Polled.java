package io.nimscaler.poll;

import java.util.List;

/**
 * One poll of an endpoint.
 *
 * @param paths the paths that gave this result, in the order in which they were asked; at least one
 */
public record Polled(Endpoint endpoint, List<String> paths, ScrapeResult result) {

    public Polled {
        paths = List.copyOf(paths);
    }

    /** The address that was asked, for people: {@code 10.0.0.7:8000/v1/metrics}. */
    public String where() {
        return endpoint.shown(paths);
    }
}
