package io.nimscaler.poll;

import io.nimscaler.trigger.Scheme;
import java.util.Optional;

/**
 * The pod that says how much the GPUs of its node are in use.
 *
 * @param host its IP address
 * @param path path, with a query if any, starting with {@code /}
 * @param podAuth name of the trust and credentials that it is asked with; empty: none
 */
public record GpuExporter(
        String uid,
        String namespace,
        String name,
        Scheme scheme,
        String host,
        int port,
        String path,
        Optional<String> podAuth) {}
