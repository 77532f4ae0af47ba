package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The queue of a pod without the requests whose KV cache is on its way from another pod, see {@link Transfers}. Not thread-safe. */
public final class WaitingForRoom implements PodSignal {

    /** The names that a reader must keep beside those of the queue itself. */
    public static final Set<String> SERIES_NAMES = Engine.ALL.stream()
            .flatMap(engine -> engine.transfers().seriesNames())
            .collect(Collectors.toUnmodifiableSet());

    private final PodSignal queue;
    private final Optional<String> modelName;

    /**
     * @param queue of this pod, in requests
     * @param modelName only of this model; empty: of all
     */
    public WaitingForRoom(PodSignal queue, Optional<String> modelName) {
        this.queue = queue;
        this.modelName = modelName;
    }

    @Override
    public Measurement read(List<SampleLine> body, Instant scrapedAt) {
        Measurement whole = queue.read(body, scrapedAt);
        return whole instanceof Measured(PodValue.Amount(double waiting), Instant at) && waiting > 0
                ? new Measured(new PodValue.Amount(forRoom(waiting, body, scrapedAt)), at)
                : whole;
    }

    private double forRoom(double waiting, List<SampleLine> body, Instant scrapedAt) {
        for (Engine engine : Engine.ALL) {
            if (engine.waiting().isIn(body)) {
                return engine.transfers().forRoom(waiting, body, modelName, scrapedAt);
            }
        }
        return waiting;
    }

    @Override
    public long keptBytes() {
        return queue.keptBytes();
    }
}
