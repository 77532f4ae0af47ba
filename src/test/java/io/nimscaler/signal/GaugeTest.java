package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaugeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Signal KV = Signals.named(Signals.KV_CACHE_USAGE);
    private static final Signal WAITING = Signals.named("num_requests_waiting");

    private static SampleLine series(String name, double value, String... labels) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new SampleLine(name, all, value, OptionalLong.empty());
    }

    private static double value(Measurement measurement) {
        assertThat(measurement).isInstanceOf(Measured.class);
        return ((PodValue.Amount) ((Measured) measurement).value()).value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpu_cache_usage_perc",
                "vllm:kv_cache_usage_perc",
                "vllm:gpu_cache_usage_perc",
                "sglang:token_usage",
                "trtllm_kv_cache_utilization"
            })
    void signalIsFoundUnderEachNameThatAnEngineGivesIt(String name) {
        assertThat(value(KV.ofPod(Optional.empty()).read(List.of(series(name, .4)), NOW)))
                .isEqualTo(.4);
        assertThat(Signals.named(name)).isEqualTo(KV);
    }

    @Test
    void tritonsBlockMetricCountsByItsFractionOnly() {
        List<SampleLine> body = List.of(
                series("nv_trt_llm_kv_cache_block_metrics", 100, "kv_cache_block_type", "max"),
                series("nv_trt_llm_kv_cache_block_metrics", .3, "kv_cache_block_type", "fraction"));
        assertThat(value(KV.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(.3);
    }

    @Test
    void bothNamesInOneBodyCountOnce() {
        List<SampleLine> body =
                List.of(series("vllm:gpu_cache_usage_perc", .5), series("vllm:kv_cache_usage_perc", .5));
        assertThat(value(KV.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(.5);
    }

    @Test
    void ratiosOfSeveralEnginesAreAveragedAndCountsSummed() {
        List<SampleLine> ratios = List.of(
                series("vllm:kv_cache_usage_perc", .2, "engine", "0"),
                series("vllm:kv_cache_usage_perc", .4, "engine", "1"));
        List<SampleLine> counts = List.of(
                series("vllm:num_requests_waiting", 7, "engine", "0"),
                series("vllm:num_requests_waiting", 3, "engine", "1"));
        assertThat(value(KV.ofPod(Optional.empty()).read(ratios, NOW))).isCloseTo(.3, within(1e-12));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(counts, NOW))).isEqualTo(10);
    }

    @Test
    void onlyTheWantedModelCounts() {
        List<SampleLine> body = List.of(
                series(Signals.KV_CACHE_USAGE, .2, "model_name", "a"),
                series(Signals.KV_CACHE_USAGE, .9, "model_name", "b"));
        assertThat(value(KV.ofPod(Optional.of("b")).read(body, NOW))).isEqualTo(.9);
        assertThat(KV.ofPod(Optional.of("c")).read(body, NOW))
                .isEqualTo(new NoMetric(
                        "gpu_cache_usage_perc has no series with model_name = \"c\"; there is \"a\" and \"b\""));
    }

    @Test
    void tritonNamesItsModelsOtherwise() {
        List<SampleLine> body = List.of(
                series("nv_trt_llm_request_metrics", 4, "model", "a", "request_type", "waiting"),
                series("nv_trt_llm_request_metrics", 6, "model", "b", "request_type", "waiting"));
        assertThat(value(WAITING.ofPod(Optional.of("b")).read(body, NOW))).isEqualTo(6);
        assertThat(value(WAITING.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(10);
        assertThat(WAITING.ofPod(Optional.of("c")).read(body, NOW)).isInstanceOf(NoMetric.class);
    }

    @Test
    void dataParallelRanksAddUpAndTensorParallelOnesAreTheSameWork() {
        List<SampleLine> body = List.of(
                series("sglang:num_queue_reqs", 3, "dp_rank", "0", "tp_rank", "0"),
                series("sglang:num_queue_reqs", 3, "dp_rank", "0", "tp_rank", "1"),
                series("sglang:num_queue_reqs", 4, "dp_rank", "1", "tp_rank", "0"));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(7);
    }

    @Test
    void bodyWithoutTheMetricIsNotZero() {
        assertThat(WAITING.ofPod(Optional.empty()).read(List.of(), NOW))
                .isEqualTo(new NoMetric("no series num_requests_waiting, by any engine's name"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -.25, 1.7, 38})
    void impossibleRatioIsABadValue(double value) {
        assertThat(KV.ofPod(Optional.empty()).read(List.of(series(Signals.KV_CACHE_USAGE, value)), NOW))
                .isInstanceOf(BadValue.class);
    }

    @Test
    void percentInsteadOfARatioIsNamedAsSuch() {
        BadValue bad = (BadValue) KV.ofPod(Optional.empty()).read(List.of(series(Signals.KV_CACHE_USAGE, 38)), NOW);
        assertThat(bad.detail()).contains("gpu_cache_usage_perc = 38.0", "not a percentage");
    }

    @Test
    void ratioThatRoundingPutAboveOneCounts() {
        assertThat(value(KV.ofPod(Optional.empty()).read(List.of(series(Signals.KV_CACHE_USAGE, 1.0000001)), NOW)))
                .isEqualTo(1.0000001);
    }

    @Test
    void sameSeriesTwiceCountsOnceAndWithTwoValuesNotAtAll() {
        List<SampleLine> same = List.of(series("num_requests_waiting", 5), series("num_requests_waiting", 5));
        List<SampleLine> different = List.of(series("num_requests_waiting", 5), series("num_requests_waiting", 6));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(same, NOW))).isEqualTo(5);
        assertThat(WAITING.ofPod(Optional.empty()).read(different, NOW)).isInstanceOf(BadValue.class);
    }

    @Test
    void bodysOwnTimestampMakesASampleOlderButNeverYounger() {
        SampleLine old = new SampleLine(
                "x", Map.of(), 1, OptionalLong.of(NOW.minusSeconds(3600).toEpochMilli()));
        SampleLine future = new SampleLine(
                "x", Map.of(), 1, OptionalLong.of(NOW.plusSeconds(3600).toEpochMilli()));
        Signal x = Signals.named("x");
        assertThat(((Measured) x.ofPod(Optional.empty()).read(List.of(old), NOW)).readAt())
                .isEqualTo(NOW.minusSeconds(3600));
        assertThat(((Measured) x.ofPod(Optional.empty()).read(List.of(future), NOW)).readAt())
                .isEqualTo(NOW);
    }

    @Test
    void nameThatNoMetricCanHaveIsRefused() {
        assertThatThrownBy(() -> Signals.named("a b")).hasMessageContaining("metric = \"a b\"");
    }

    @Test
    void processesThatWorkOnTheSameRequestsCountOnce() {
        List<SampleLine> body = Stream.of("0", "1")
                .flatMap(dp -> Stream.of("0", "1")
                        .map(tp -> new SampleLine(
                                "sglang:num_queue_reqs",
                                Map.of("dp_rank", dp, "tp_rank", tp, "pp_rank", "0"),
                                5,
                                OptionalLong.empty())))
                .toList();
        assertThat(value(WAITING.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(10);
    }

    @Test
    void utilizationIsTheMeanOfTheGpusAndDoesNotAddUp() {
        Signal utilization = Signals.named("nv_gpu_utilization");
        List<SampleLine> body = List.of(
                series("nv_gpu_utilization", .5, "gpu_uuid", "a"), series("nv_gpu_utilization", .9, "gpu_uuid", "b"));
        assertThat(value(utilization.ofPod(Optional.empty()).read(body, NOW))).isCloseTo(.7, within(1e-12));
        assertThat(utilization.isAdditive()).isFalse();
        assertThat(List.of(KV, WAITING, Signals.named("anything"))).allMatch(Signal::isAdditive);
    }

    @Test
    void levelOfAFleetIsTheMeanOfItsPods() {
        FleetSignal fleet = Signals.named("nv_gpu_utilization").ofFleet();
        assertThat(fleet.level(List.of(new PodValue.Amount(.25), new PodValue.Amount(.75))))
                .hasValue(.5);
        assertThat(fleet.level(List.of())).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // a share under a name that is not known is no sum of its series, and one that copies dilute is no mean of them
        "dynamo_component_gpu_cache_usage_percent, dp_rank, 0.5 0.6 0.4 0.5, 0.5",
        "gpu_utilization,                          gpu,     0.5 0.5 0.4 0.6, 0.5",
        "ray_vllm_kv_cache_usage_perc,             ReplicaId, 0.5 0.6,       0.55",
        "ray_vllm:gpu_cache_usage_perc,            ReplicaId, 0.5 0.6,       0.55",
        "vllm_kv_cache_usage_perc,                 engine,  0.2 0.4,         0.3",
        "vllm:kv_cache_usage_perc,                 pid,     0 0 0.92 0,      0.92",
        "vllm:num_requests_waiting,                pid,     0 12 9 0,        12",
        "my_cache_ratio,                           pid,     0 0.9,           0.9",
        "my_queue,                                 pid,     3 4,             7",
        "my_queue,                                 engine,  3 4,             7",
        "my_queue,                                 tp_rank, 4 4,             4"
    })
    void severalSeriesOfOnePodBecomeItsValueByWhatIsKnownOfTheName(
            String name, String label, String values, double expected) {
        assertThat(value(Signals.named(name).ofPod(Optional.empty()).read(each(name, label, values), NOW)))
                .isCloseTo(expected, within(1e-12));
    }

    private static List<SampleLine> each(String name, String label, String values) {
        String[] each = values.split(" ");
        return IntStream.range(0, each.length)
                .mapToObj(i -> series(name, Double.parseDouble(each[i]), label, Integer.toString(i)))
                .toList();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "my_queue, AVERAGE, engine, 3 4, 3.5",
        "my_queue, MAX,     engine, 3 4, 4",
        "my_usage, SUM,     engine, 0.3 0.4, 0.7",
        "my_usage, AVERAGE, pid,    0 0.4, 0.2",
        "vllm:kv_cache_usage_perc, MAX, engine, 0.3 0.9, 0.9",
        "vllm:kv_cache_usage_perc, AVERAGE, pid, 0 0.9, 0.9"
    })
    void metadataMaySayOtherwise(String name, SeriesAggregation given, String label, String values, double expected) {
        SignalOptions options = new SignalOptions(
                OptionalInt.empty(), Duration.ofMinutes(1), OptionalDouble.empty(), Optional.of(given));
        Signal signal = Signals.named(name, options);
        assertThat(value(signal.ofPod(Optional.empty()).read(each(name, label, values), NOW)))
                .isCloseTo(expected, within(1e-12));
    }

    @Test
    void copiesAreOneThingAndPartsAreNot() {
        List<SampleLine> body = new ArrayList<>();
        for (String engine : List.of("0", "1")) {
            for (String pid : List.of("41", "42")) {
                body.add(series("vllm:kv_cache_usage_perc", pid.equals("42") ? .8 : 0, "engine", engine, "pid", pid));
            }
        }
        assertThat(value(KV.ofPod(Optional.empty()).read(body, NOW))).isCloseTo(.8, within(1e-12));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "unified, num_decode_prealloc_queue_reqs, 0,   5",
        "decode,  num_decode_prealloc_queue_reqs, 300, 305",
        "prefill, num_prefill_prealloc_queue_reqs, 40, 45",
        "prefill, num_prefill_bootstrap_queue_reqs, 40, 45",
        "decode,  num_prefill_inflight_queue_reqs, 40, ",
        "decode,  num_grammar_queue_reqs, 40, ",
        "encode,  num_decode_prealloc_queue_reqs, 0, "
    })
    void queueOfARoleStandsElsewhereAndOneThatIsNotShownIsNotEmpty(
            String role, String other, double there, Double expected) {
        for (String prefix : List.of("sglang:", "sglang_")) {
            List<SampleLine> body = List.of(
                    series(prefix + "num_queue_reqs", 5, "engine_type", role),
                    series(prefix + other, there, "engine_type", role));
            Measurement measurement = WAITING.ofPod(Optional.empty()).read(body, NOW);
            if (expected == null) {
                assertThat(measurement).isInstanceOf(NoMetric.class);
            } else {
                assertThat(value(measurement)).isEqualTo(expected);
            }
        }
    }

    @Test
    void whereARolesQueueShouldStandIsSaid() {
        assertThat(WAITING.ofPod(Optional.empty())
                        .read(List.of(series("sglang:num_queue_reqs", 0, "engine_type", "decode")), NOW))
                .isEqualTo(new NoMetric("sglang:num_queue_reqs is of engine_type = \"decode\", whose requests wait in"
                        + " sglang:num_decode_prealloc_queue_reqs, which is not there"));
    }
}
