package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;

/** Pods of which serving load is read, and their fleet. */
abstract class WatchedPods {

    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Offset<Double> EXACT = within(1e-9);
    static final Signal SIGNAL = Signals.named("serving_load");

    private static final Pace.Batch FREE = new Pace.Batch(1, 1e12, 0, 0, 2e12, 0);

    /** Of a pod whose batch was seen to go up and down a lot, and to cost nothing; nothing else is known of it. */
    static final Pace FREE_BATCH = TestPace.with(pace -> {
        pace.batch = FREE;
        pace.batchInParts = FREE;
    });

    final FleetSignal fleet = SIGNAL.ofFleet();

    static Work work(double kvUsage, double running, double waiting) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.empty(), FREE_BATCH);
    }

    static Work work(double kvUsage, double running, double waiting, double max) {
        return new Work(kvUsage, OptionalDouble.of(running), waiting, OptionalDouble.of(max), FREE_BATCH);
    }

    static Work work(Work read, double max) {
        return new Work(read.kvUsage(), read.running(), read.waiting(), OptionalDouble.of(max), read.pace());
    }

    double load(PodValue pod) {
        return fleet.valueOf(pod).orElseThrow();
    }

    /** One pod that is read every so many seconds. */
    final class Watched {

        private final PodSignal pod;
        private final long seconds;
        Instant now = NOW;
        double tokens;
        double completed;

        Watched() {
            this(2);
        }

        Watched(long seconds) {
            this.seconds = seconds;
            this.pod = readEvery(seconds).ofPod(Optional.empty());
        }

        PodValue.Work read(
                double kvUsage, double running, double waiting, double tokensASecond, double completedASecond) {
            tokens += seconds * tokensASecond;
            completed += seconds * completedASecond;
            return read(
                    kvUsage,
                    running,
                    waiting,
                    counter("vllm:generation_tokens_total", tokens),
                    counter("vllm:request_success_total", completed));
        }

        PodValue.Work read(double kvUsage, double running, double waiting, SampleLine... counters) {
            now = now.plusSeconds(seconds);
            List<SampleLine> body = new ArrayList<>(List.of(
                    one("vllm:kv_cache_usage_perc", kvUsage),
                    one("vllm:num_requests_running", running),
                    one("vllm:num_requests_waiting", waiting)));
            body.addAll(List.of(counters));
            return (Work) ((Measured) pod.read(body, now)).value();
        }

        /** As it is now, of 256 slots; a request takes 0.002 of the KV cache. */
        PodValue.Work read(SimulatedPod simulated) {
            return work(
                    read(
                            simulated.running() * .002,
                            simulated.running(),
                            0,
                            counter("vllm:generation_tokens_total", Math.floor(simulated.generated)),
                            counter("vllm:request_success_total", simulated.completed)),
                    256);
        }

        /** For so many scrapes the same; the last of them. */
        PodValue.Work read(int scrapes, double kvUsage, double running, double waiting) {
            PodValue.Work last = read(kvUsage, running, waiting, 100 * running, running / 10);
            for (int i = 1; i < scrapes; i++) {
                last = read(kvUsage, running, waiting, 100 * running, running / 10);
            }
            fleet.learn(List.of(last), SECOND);
            return last;
        }

        static SampleLine one(String name, double value) {
            return new SampleLine(name, Map.of(), value, OptionalLong.empty());
        }

        /** As engines write them: with a line before it that says that it is a counter. */
        static SampleLine counter(String name, double value) {
            return counter(name, Map.of(), value);
        }

        static SampleLine counter(String name, Map<String, String> labels, double value) {
            return new SampleLine(name, labels, value, OptionalLong.empty(), MetricType.COUNTER);
        }
    }

    static Signal readEvery(long seconds) {
        return Signals.named(
                "serving_load",
                new SignalOptions(
                        OptionalInt.empty(), Duration.ofSeconds(Math.max(60, 4 * seconds)), OptionalDouble.empty()));
    }
}
