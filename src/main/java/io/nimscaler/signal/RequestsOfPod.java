package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How many requests a pod has: those that it works on and those that wait, by any engine's names. Not thread-safe. */
public final class RequestsOfPod {

    private static final Signal RUNNING = Signals.named(Signals.REQUESTS_RUNNING);
    private static final Signal WAITING = Signals.named(Signals.REQUESTS_WAITING);

    /** The names that a reader must keep. */
    public static final Set<String> SERIES_NAMES = Stream.of(RUNNING, WAITING)
            .flatMap(gauge -> gauge.seriesNames().stream())
            .collect(Collectors.toUnmodifiableSet());

    private final PodSignal running;
    private final PodSignal waiting;

    /**
     * @param modelName only of this model; empty: of all
     */
    public RequestsOfPod(Optional<String> modelName) {
        this.running = RUNNING.ofPod(modelName);
        this.waiting = WAITING.ofPod(modelName);
    }

    /**
     * What was read.
     *
     * @param number running and waiting
     * @param readAt the earlier of the two
     */
    public record Requests(double number, Instant readAt) {}

    /** Empty: one of the two can not be told. */
    public Optional<Requests> read(List<SampleLine> body, Instant scrapedAt) {
        return running.read(body, scrapedAt) instanceof Measured(PodValue.Amount(double runs), Instant one)
                        && waiting.read(body, scrapedAt)
                                instanceof Measured(PodValue.Amount(double waits), Instant other)
                ? Optional.of(new Requests(runs + waits, one.isBefore(other) ? one : other))
                : Optional.empty();
    }
}
