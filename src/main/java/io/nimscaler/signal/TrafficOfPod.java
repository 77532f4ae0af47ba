package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads the {@link Traffic} of one pod from scrape to scrape, by any engine's names. Not thread-safe. */
public final class TrafficOfPod {

    /**
     * @param counts which of its series are meant
     * @param namesModel whether they name the model they are of
     */
    private record Counter(String name, Predicate<SampleLine> counts, boolean namesModel) {}

    private static final Signal RUNNING = Signals.named(Signals.REQUESTS_RUNNING);
    private static final Signal WAITING = Signals.named(Signals.REQUESTS_WAITING);
    private static final List<Counter> PROMPT_TOKENS = ofEngines("prompt_tokens_total");
    private static final List<Counter> GENERATION_TOKENS = ofEngines("generation_tokens_total");

    private static final List<Counter> REJECTIONS = RefusalCounters.ALL.stream()
            .map(counters -> new Counter(counters.refused(), counters.isRefusal(), counters.namesModel()))
            .toList();

    /** A rate looks back so long at least: the minutes that it goes into are longer. */
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(20);

    private static final int POLLS_OF_A_WINDOW = 4;

    /** The names that a reader must keep. */
    public static final Set<String> SERIES_NAMES = new TreeSet<>(Stream.concat(
                    Stream.of(RUNNING, WAITING).flatMap(signal -> signal.seriesNames().stream()),
                    Stream.of(PROMPT_TOKENS, GENERATION_TOKENS, REJECTIONS)
                            .flatMap(List::stream)
                            .map(Counter::name))
            .toList());

    private final PodSignal running;
    private final PodSignal waiting;
    private final Rate promptTokens;
    private final Rate generationTokens;
    private final Rate rejections;

    /**
     * @param modelName only series of this {@code model_name}; empty: any
     * @param pollInterval how often the pod is read
     */
    public TrafficOfPod(Optional<String> modelName, Duration pollInterval) {
        Duration polls = pollInterval.multipliedBy(POLLS_OF_A_WINDOW);
        Duration window = polls.compareTo(SHORTEST_WINDOW) > 0 ? polls : SHORTEST_WINDOW;
        this.running = RUNNING.ofPod(modelName);
        this.waiting = WAITING.ofPod(modelName);
        this.promptTokens = new Rate(PROMPT_TOKENS, window, modelName);
        this.generationTokens = new Rate(GENERATION_TOKENS, window, modelName);
        this.rejections = new Rate(REJECTIONS, window, modelName);
    }

    /** NIM's own name, vLLM's and SGLang's. */
    private static List<Counter> ofEngines(String name) {
        return Stream.concat(Stream.concat(Stream.of(""), Engine.VLLM.stream()), Stream.of("sglang:", "sglang_"))
                .map(prefix -> new Counter(prefix + name, _ -> true, true))
                .toList();
    }

    /**
     * What the pod's latest body says.
     *
     * @param scrapedAt later than that of the one before
     */
    public Traffic read(List<SampleLine> body, Instant scrapedAt) {
        return new Traffic(
                amount(running.read(body, scrapedAt)),
                amount(waiting.read(body, scrapedAt)),
                promptTokens.read(body, scrapedAt),
                generationTokens.read(body, scrapedAt),
                rejections.read(body, scrapedAt));
    }

    /** See {@link PodSignal#keptBytes}. */
    public long keptBytes() {
        return promptTokens.keptBytes() + generationTokens.keptBytes() + rejections.keptBytes();
    }

    private static OptionalDouble amount(Measurement measurement) {
        return measurement instanceof Measurement.Measured(PodValue.Amount(double value), Instant _)
                ? OptionalDouble.of(value)
                : OptionalDouble.empty();
    }

    /** The rate of the first of these counters that a body has. */
    private static final class Rate {

        private final List<Counter> counters;
        private final Duration window;
        private final Optional<String> modelName;
        private Optional<Counter> counter = Optional.empty();
        private Optional<PodSignal> rate = Optional.empty();

        Rate(List<Counter> counters, Duration window, Optional<String> modelName) {
            this.counters = counters;
            this.window = window;
            this.modelName = modelName;
        }

        long keptBytes() {
            return rate.map(PodSignal::keptBytes).orElse(0L);
        }

        OptionalDouble read(List<SampleLine> body, Instant scrapedAt) {
            Optional<Counter> now = counters.stream()
                    .filter(one -> body.stream().anyMatch(line -> line.name().equals(one.name())))
                    .findFirst();
            if (!now.equals(counter)) {
                counter = now;
                rate = now.map(one ->
                        new CounterRate(one.name(), window).ofPod(one.namesModel() ? modelName : Optional.empty()));
            }
            if (rate.isEmpty() || now.isEmpty()) {
                return OptionalDouble.empty();
            }
            Counter wanted = now.get();
            List<SampleLine> counted = body.stream()
                    .filter(line ->
                            line.name().equals(wanted.name()) && wanted.counts().test(line))
                    .toList();
            return amount(rate.get().read(counted, scrapedAt));
        }
    }
}
