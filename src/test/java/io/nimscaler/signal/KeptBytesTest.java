package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.nimscaler.exposition.SampleLine;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pod can make larger is told as large as it is in the heap. */
class KeptBytesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Enough that what else happens in this process does not matter. */
    private static final long MEASURED_BYTES = 4_000_000;

    private static final double TOLERANCE_PERCENT = 25;

    @ParameterizedTest
    @CsvSource({"1024, 3", "100, 3", "1, 40"})
    void ofARate(int series, int scrapes) {
        isMeasured(new CounterRate("foo_total", WINDOW), scrape -> counter("foo_total", series, scrape), scrapes);
    }

    @ParameterizedTest
    @CsvSource({"256, 1, 70", "256, 16, 3", "20, 1, 70"})
    void ofALatency(int buckets, int histograms, int scrapes) {
        isMeasured(
                new Latency("foo", OptionalDouble.of(.9), WINDOW, List.of("foo")),
                scrape -> IntStream.range(0, histograms)
                        .boxed()
                        .flatMap(which -> histogram(which, buckets, scrape))
                        .toList(),
                scrapes);
    }

    @ParameterizedTest
    @CsvSource({"1024, 3", "1, 310"})
    void ofServingLoad(int series, int scrapes) {
        isMeasured(
                new ServingLoad(OptionalInt.empty(), WINDOW),
                scrape -> Stream.of(
                                gauges(),
                                counter("vllm:generation_tokens_total", series, scrape),
                                counter("vllm:request_success_total", series, scrape))
                        .flatMap(List::stream)
                        .toList(),
                scrapes);
    }

    @Test
    void nothingIsToldOfAGauge() {
        PodSignal gauge = Signals.named("foo").ofPod(Optional.empty());
        gauge.read(List.of(line("foo", Map.of(), 1)), START);
        assertThat(gauge.keptBytes()).isZero();
    }

    @Test
    void refusalsAreToldByTheirSeries() {
        AdmissionOfPod pod = new AdmissionOfPod(Optional.empty(), WINDOW);
        pod.read(refusals(500), START);
        assertThat(pod.keptBytes()).isEqualTo(1_000 * CounterSeries.BYTES_OF_ONE);
    }

    @Test
    void trafficIsToldByItsSeries() {
        TrafficOfPod pod = new TrafficOfPod(Optional.empty(), WINDOW);
        pod.read(
                Stream.of(refusals(500), counter("vllm:generation_tokens_total", 300, 1))
                        .flatMap(List::stream)
                        .toList(),
                START);
        assertThat(pod.keptBytes()).isBetween(800 * CounterSeries.BYTES_OF_ONE, 803 * CounterSeries.BYTES_OF_ONE);
    }

    private static void isMeasured(Signal signal, IntFunction<List<SampleLine>> body, int scrapes) {
        PodSignal one = read(signal.ofPod(Optional.empty()), body, scrapes);
        int copies = (int) (MEASURED_BYTES / one.keptBytes()) + 1;
        long before = liveBytes();
        PodSignal[] pods = IntStream.range(0, copies)
                .mapToObj(_ -> read(signal.ofPod(Optional.empty()), body, scrapes))
                .toArray(PodSignal[]::new);
        long each = (liveBytes() - before) / copies;
        Reference.reachabilityFence(one);
        assertThat(pods[0].keptBytes()).isCloseTo(each, withPercentage(TOLERANCE_PERCENT));
    }

    /** Bodies of its own: what many pods write alike they share, but each pod may write something else. */
    private static PodSignal read(PodSignal pod, IntFunction<List<SampleLine>> body, int scrapes) {
        for (int i = 0; i < scrapes; i++) {
            pod.read(body.apply(i), START.plusMillis(1_000L * i));
        }
        return pod;
    }

    /** The serial collector leaves some of what is dead where it is, but not every fourth time. The others leave nothing. */
    private static final int COLLECTIONS = ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .anyMatch(collector -> collector.getName().equals("MarkSweepCompact"))
            ? 4
            : 2;

    private static long liveBytes() {
        return IntStream.range(0, COLLECTIONS)
                .mapToLong(_ -> {
                    System.gc();
                    return ManagementFactory.getMemoryMXBean()
                            .getHeapMemoryUsage()
                            .getUsed();
                })
                .min()
                .orElseThrow();
    }

    private static List<SampleLine> counter(String name, int series, int scrape) {
        return IntStream.range(0, series)
                .mapToObj(i -> line(name, Map.of("series", Integer.toString(i)), 10 * scrape))
                .toList();
    }

    private static Stream<SampleLine> histogram(int which, int buckets, int scrape) {
        return IntStream.range(0, buckets)
                .mapToObj(i -> line(
                        "foo_bucket",
                        Map.of(
                                "engine",
                                Integer.toString(which),
                                "le",
                                i == buckets - 1 ? "+Inf" : Integer.toString(i)),
                        scrape * (i + 1)));
    }

    private static List<SampleLine> gauges() {
        return List.of(
                line("vllm:kv_cache_usage_perc", Map.of(), .5),
                line("vllm:num_requests_running", Map.of(), 10),
                line("vllm:num_requests_waiting", Map.of(), 0));
    }

    private static List<SampleLine> refusals(int series) {
        return Stream.concat(
                        Stream.concat(gauges().stream(), counter("vllm:request_success_total", series, 1).stream()),
                        IntStream.range(0, series)
                                .mapToObj(i -> line(
                                        "vllm:admission_rejections_total",
                                        Map.of("reason", "max_num_queued_reqs", "series", Integer.toString(i)),
                                        1)))
                .toList();
    }

    private static SampleLine line(String name, Map<String, String> labels, double value) {
        return new SampleLine(name, labels, value, OptionalLong.empty());
    }
}
