package io.nimscaler.poll;

import io.nimscaler.trigger.MetricsPath;
import io.nimscaler.trigger.Scheme;

/** Where one pod is asked. The pod's UID is part of it: an address that goes to another pod is another endpoint. */
public record Endpoint(String podUid, Scheme scheme, String host, int port, MetricsPath path, PodAuth auth) {}
