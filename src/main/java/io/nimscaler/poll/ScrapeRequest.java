package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.trigger.Scheme;

/**
 * One question to one pod, or to a wake source.
 *
 * @param host IP address of the pod, never a name, so that no lookup happens; of a wake source what its operator wrote
 * @param path path, with a query if any, starting with {@code /}
 * @param auth whose trust and credentials it is asked with
 * @param wanted names of the series that are kept
 */
public record ScrapeRequest(Scheme scheme, String host, int port, String path, PodAuth auth, MetricNames wanted) {}
