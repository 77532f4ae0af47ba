package io.nimscaler.signal;

import io.nimscaler.exposition.Foreign;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.NoMetric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where else the requests of an SGLang server wait, by its role in a pair of servers that prefill and decode
 * (sglang: python/sglang/srt/observability/metrics_collector.py). The queue that every server has is empty there although
 * hundreds of requests wait. A server of neither role has these queues too, and they are empty.
 *
 * <p>A request is in one of them at a time, so they add up. Left out is {@code num_prefill_inflight_queue_reqs}: those are prefilled
 * and wait for the other server.
 *
 * @param prefix {@code sglang:}, or as some gateways spell it
 */
public record RoleQueues(String prefix) {

    private static final String ROLE = "engine_type";

    private static final Set<String> ALONE = Set.of("unified", "");

    /** By role, what of it shows that the role's own queue is in the body; the second of these is the later name of the first. */
    private static final Map<String, List<String>> OWN = Map.of(
            "prefill", List.of("num_prefill_prealloc_queue_reqs", "num_prefill_bootstrap_queue_reqs"),
            "decode", List.of("num_decode_prealloc_queue_reqs"));

    private static final List<String> ALL = List.of(
            "num_prefill_prealloc_queue_reqs",
            "num_prefill_bootstrap_queue_reqs",
            "num_decode_prealloc_queue_reqs",
            "num_decode_transfer_queue_reqs");

    Stream<String> seriesNames() {
        return ALL.stream().map(prefix::concat);
    }

    /** Why the queue that every server has does not tell how many wait: the role is not known, or where it waits is not shown. */
    Optional<NoMetric> unknown(List<SampleLine> queue, List<SampleLine> body) {
        return queue.stream()
                .map(series -> series.labels().getOrDefault(ROLE, ""))
                .filter(role -> !ALONE.contains(role))
                .distinct()
                .filter(role -> !shows(OWN.getOrDefault(role, List.of()), body))
                .findFirst()
                .map(role -> new NoMetric(queue.getFirst().name() + " is of " + ROLE + " = "
                        + Foreign.quoted(List.of(role)) + whereItWaits(OWN.getOrDefault(role, List.of()))));
    }

    private boolean shows(List<String> own, List<SampleLine> body) {
        return body.stream()
                .anyMatch(series -> own.stream().anyMatch(name -> series.name().equals(prefix + name)));
    }

    private String whereItWaits(List<String> own) {
        return own.isEmpty()
                ? ", and where the requests of such a server wait is not known"
                : ", whose requests wait in " + prefix + own.getLast() + ", which is not there";
    }
}
