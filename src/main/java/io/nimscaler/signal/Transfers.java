package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Requests in a pod's queue whose KV cache is on its way from elsewhere: a decode pod takes it from a prefill pod. They do not wait for room
 * in this pod. Their KV blocks are reserved, and they run as soon as these are filled.
 *
 * <p>vLLM calls them {@code deferred} (vllm/v1/core/sched/scheduler.py). But it defers requests for a LoRA adapter, too, and those wait for
 * requests that run. So they count only in a pod that has fetched KV cache.
 *
 * @param deferred requests that wait and were passed over; no source: the engine does not tell them apart
 * @param fetched counters of prompt tokens whose KV cache was fetched
 */
record Transfers(Gauge deferred, List<SeriesSelector> fetched) {

    Transfers {
        fetched = List.copyOf(fetched);
    }

    Stream<String> seriesNames() {
        return Stream.concat(deferred.seriesNames().stream(), fetched.stream().flatMap(SeriesSelector::seriesNames));
    }

    /**
     * How many of a pod's queue wait for room in it: all but those of which the pod says that they do not.
     *
     * @param waiting requests in the queue
     */
    double forRoom(double waiting, List<SampleLine> body, Optional<String> modelName, Instant scrapedAt) {
        return Math.max(0, waiting - onTheirWay(body, modelName, scrapedAt));
    }

    private double onTheirWay(List<SampleLine> body, Optional<String> modelName, Instant scrapedAt) {
        return deferred.isIn(body)
                        && hasFetched(body, modelName)
                        && deferred.measure(body, modelName, scrapedAt)
                                instanceof Measured(PodValue.Amount(double requests), Instant _)
                ? requests
                : 0;
    }

    private boolean hasFetched(List<SampleLine> body, Optional<String> modelName) {
        for (SeriesSelector source : fetched) {
            if (Lines.has(SeriesSelector.ofModel(source.in(body), modelName), series -> series.value() > 0)) {
                return true;
            }
        }
        return false;
    }
}
