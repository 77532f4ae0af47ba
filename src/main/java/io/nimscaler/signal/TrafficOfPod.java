package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the {@link Traffic} of one pod from scrape to scrape, by any engine's names. Not thread-safe. */
public final class TrafficOfPod {

    private static final Signal RUNNING = Signals.named(Signals.REQUESTS_RUNNING);
    private static final Signal WAITING = Signals.named(Signals.REQUESTS_WAITING);
    private static final List<String> PROMPT_TOKENS = ofEngines("prompt_tokens_total");
    private static final List<String> GENERATION_TOKENS = ofEngines("generation_tokens_total");

    /** vLLM with a limit of its queue (vllm/v1/metrics/loggers.py); other engines count no refusals of their own. */
    private static final List<String> REJECTIONS = Engine.VLLM.stream()
            .map(prefix -> prefix + "admission_rejections_total")
            .toList();

    /** A rate looks back so long at least: the minutes that it goes into are longer. */
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(20);

    private static final int POLLS_OF_A_WINDOW = 4;

    /** The names that a reader must keep. */
    public static final Set<String> SERIES_NAMES = new TreeSet<>(
            Stream.of(RUNNING.seriesNames(), WAITING.seriesNames(), PROMPT_TOKENS, GENERATION_TOKENS, REJECTIONS)
                    .flatMap(List::stream)
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
    private static List<String> ofEngines(String name) {
        return Stream.concat(Stream.concat(Stream.of(""), Engine.VLLM.stream()), Stream.of("sglang:", "sglang_"))
                .map(prefix -> prefix + name)
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

    private static OptionalDouble amount(Measurement measurement) {
        return measurement instanceof Measurement.Measured(PodValue.Amount(double value), Instant _)
                ? OptionalDouble.of(value)
                : OptionalDouble.empty();
    }

    /** The rate of a counter under the first of its names that a body has. */
    private static final class Rate {

        private final List<String> names;
        private final Duration window;
        private final Optional<String> modelName;
        private Optional<String> name = Optional.empty();
        private Optional<PodSignal> rate = Optional.empty();

        Rate(List<String> names, Duration window, Optional<String> modelName) {
            this.names = names;
            this.window = window;
            this.modelName = modelName;
        }

        OptionalDouble read(List<SampleLine> body, Instant scrapedAt) {
            Optional<String> now = names.stream()
                    .filter(one ->
                            body.stream().anyMatch(series -> series.name().equals(one)))
                    .findFirst();
            if (!now.equals(name)) {
                name = now;
                rate = now.map(counter -> new CounterRate(counter, window).ofPod(modelName));
            }
            return rate.map(counter -> amount(counter.read(body, scrapedAt))).orElse(OptionalDouble.empty());
        }
    }
}
