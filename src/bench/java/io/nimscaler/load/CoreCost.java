package io.nimscaler.load;

import com.sun.management.ThreadMXBean;
import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.wake.WakeSources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What the core takes for one decision and for one answer of a pod, bodies already read: CPU of its one thread, and what it allocates. In
 * virtual time, so that a busy machine changes little.
 */
public final class CoreCost {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TICK = Duration.ofMillis(50);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ReadBody body;
    private final Scalers scalers;
    private long decisions;

    /** Of how many, per what is counted; each trigger decides once a second. */
    public record Cost(double microsPerDecision, double bytesPerDecision, double answersPerDecision) {}

    CoreCost(int objects, int podsEach, Map<String, String> metadata, Path sample) throws IOException {
        this(objects, podsEach, List.of(metadata), sample);
    }

    /**
     * @param triggers the metadata of each trigger of each ScaledObject
     * @param sample the body of each pod
     */
    public CoreCost(int objects, int podsEach, List<Map<String, String>> triggers, Path sample) throws IOException {
        body = new ReadBody(Files.readAllBytes(sample));
        List<Pod> pods = IntStream.range(0, podsEach)
                .mapToObj(i -> new Pod(
                        "uid-" + i,
                        "pod-" + i,
                        Pod.Access.at(Optional.of("10.0." + (i >> 8) + "." + (i & 0xff)), Map.of()),
                        Pod.Startup.ready(BEGIN.minusSeconds(900), BEGIN.minusSeconds(900))))
                .toList();
        Observation seen = new Observation.Known(new Scale(podsEach, podsEach), podsEach, pods);
        Pods cluster = (_, _) -> seen;
        scalers = new Scalers(cluster, body, WakeSources.none(), GpuExporters.none(), _ -> decisions++);
        for (int object = 0; object < objects; object++) {
            scalers.put(
                    new ScaledObjectId("load", "llm-" + object),
                    triggers.stream().map(CoreCost::trigger).toList(),
                    false,
                    BEGIN);
        }
    }

    private static Trigger trigger(Map<String, String> metadata) {
        return switch (TriggerParser.parse(metadata)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalArgumentException(invalid.text());
        };
    }

    /** What it takes for so long, after as long to warm up. */
    public Cost of(Duration time) {
        pass(BEGIN, time);
        long cpu = THREADS.getCurrentThreadCpuTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        decisions = 0;
        body.answers = 0;
        pass(BEGIN.plus(time), time);
        return new Cost(
                (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / decisions,
                (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) decisions,
                body.answers / (double) decisions);
    }

    private void pass(Instant from, Duration time) {
        for (Instant now = from; now.isBefore(from.plus(time)); now = now.plus(TICK)) {
            for (ScaledObjectId id : scalers.due(now)) {
                scalers.tick(id, now);
            }
        }
    }

    /** One body, read once for each set of names. */
    private static final class ReadBody implements Scraper {

        private final byte[] bytes;
        private final Map<MetricNames, ScrapeResult> results = new HashMap<>();
        private long answers;

        ReadBody(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
            answers++;
            done.accept(results.computeIfAbsent(request.wanted(), this::read));
        }

        private ScrapeResult read(MetricNames wanted) {
            ExpositionReader reader = new ExpositionReader(wanted, ReadLimits.DEFAULT);
            reader.read(bytes, 0, bytes.length);
            return switch (reader.finish()) {
                case Exposition.Parsed parsed -> new ScrapeResult.Scraped(parsed.series(), parsed.contents());
                case Exposition.Malformed malformed -> throw new IllegalArgumentException(malformed.message());
                case Exposition.TooLarge tooLarge -> throw new IllegalArgumentException(tooLarge.message());
            };
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path sample = Path.of("src/test/resources/exposition/vllm-0.32.0-saturated.prom");
        System.out.println("| metric | pods | CPU a decision, µs | allocated a decision, kB | answers a decision |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (String metric : List.of("serving_load", "gpu_cache_usage_perc")) {
            for (int pods : List.of(1, 10)) {
                Cost cost = new CoreCost(
                                1_000 / pods, pods, Map.of("metric", metric, "targetValue", "0.80"), sample)
                        .of(Duration.ofSeconds(Integer.getInteger("load.seconds", 60)));
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %.1f | %.2f | %.1f |%n",
                        metric,
                        pods,
                        cost.microsPerDecision(),
                        cost.bytesPerDecision() / 1_000,
                        cost.answersPerDecision());
            }
        }
    }
}
