package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Series;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaugeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Signal KV = Signals.named(Signals.KV_CACHE_USAGE);
    private static final Signal WAITING = Signals.named("num_requests_waiting");

    private static Series series(String name, double value, String... labels) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Series(name, all, value, OptionalLong.empty());
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
        List<Series> body = List.of(
                series("nv_trt_llm_kv_cache_block_metrics", 100, "kv_cache_block_type", "max"),
                series("nv_trt_llm_kv_cache_block_metrics", .3, "kv_cache_block_type", "fraction"));
        assertThat(value(KV.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(.3);
    }

    @Test
    void bothNamesInOneBodyCountOnce() {
        List<Series> body = List.of(series("vllm:gpu_cache_usage_perc", .5), series("vllm:kv_cache_usage_perc", .5));
        assertThat(value(KV.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(.5);
    }

    @Test
    void ratiosOfSeveralEnginesAreAveragedAndCountsSummed() {
        List<Series> ratios = List.of(
                series("vllm:kv_cache_usage_perc", .2, "engine", "0"),
                series("vllm:kv_cache_usage_perc", .4, "engine", "1"));
        List<Series> counts = List.of(
                series("vllm:num_requests_waiting", 7, "engine", "0"),
                series("vllm:num_requests_waiting", 3, "engine", "1"));
        assertThat(value(KV.ofPod(Optional.empty()).read(ratios, NOW))).isCloseTo(.3, within(1e-12));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(counts, NOW))).isEqualTo(10);
    }

    @Test
    void onlyTheWantedModelCounts() {
        List<Series> body = List.of(
                series(Signals.KV_CACHE_USAGE, .2, "model_name", "a"),
                series(Signals.KV_CACHE_USAGE, .9, "model_name", "b"));
        assertThat(value(KV.ofPod(Optional.of("b")).read(body, NOW))).isEqualTo(.9);
        assertThat(KV.ofPod(Optional.of("c")).read(body, NOW))
                .isEqualTo(new NoMetric("gpu_cache_usage_perc has no series with model_name = \"c\"; there is \"a\" and \"b\""));
    }

    @Test
    void tritonNamesItsModelsOtherwise() {
        List<Series> body = List.of(
                series("nv_trt_llm_request_metrics", 4, "model", "a", "request_type", "waiting"),
                series("nv_trt_llm_request_metrics", 6, "model", "b", "request_type", "waiting"));
        assertThat(value(WAITING.ofPod(Optional.of("b")).read(body, NOW))).isEqualTo(6);
        assertThat(value(WAITING.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(10);
        assertThat(WAITING.ofPod(Optional.of("c")).read(body, NOW)).isInstanceOf(NoMetric.class);
    }

    @Test
    void dataParallelRanksAddUpAndTensorParallelOnesAreTheSameWork() {
        List<Series> body = List.of(
                series("sglang:num_queue_reqs", 3, "dp_rank", "0", "tp_rank", "0"),
                series("sglang:num_queue_reqs", 3, "dp_rank", "0", "tp_rank", "1"),
                series("sglang:num_queue_reqs", 4, "dp_rank", "1", "tp_rank", "0"));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(body, NOW))).isEqualTo(7);
    }

    @Test
    void bodyWithoutTheMetricIsNotZero() {
        assertThat(WAITING.ofPod(Optional.empty()).read(List.of(), NOW))
                .isEqualTo(
                        new NoMetric(
                                "no series num_requests_waiting or vllm:num_requests_waiting or sglang:num_queue_reqs or"
                                        + " sglang_num_queue_reqs or trtllm_num_requests_waiting or nv_trt_llm_request_metrics"));
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
        assertThat(bad.detail()).contains("gpu_cache_usage_perc = 38.0", "is it in percent?");
    }

    @Test
    void ratioThatRoundingPutAboveOneCounts() {
        assertThat(value(KV.ofPod(Optional.empty()).read(List.of(series(Signals.KV_CACHE_USAGE, 1.0000001)), NOW)))
                .isEqualTo(1.0000001);
    }

    @Test
    void sameSeriesTwiceCountsOnceAndWithTwoValuesNotAtAll() {
        List<Series> same = List.of(series("num_requests_waiting", 5), series("num_requests_waiting", 5));
        List<Series> different = List.of(series("num_requests_waiting", 5), series("num_requests_waiting", 6));
        assertThat(value(WAITING.ofPod(Optional.empty()).read(same, NOW))).isEqualTo(5);
        assertThat(WAITING.ofPod(Optional.empty()).read(different, NOW)).isInstanceOf(BadValue.class);
    }

    @Test
    void bodysOwnTimestampMakesASampleOlderButNeverYounger() {
        Series old = new Series(
                "x", Map.of(), 1, OptionalLong.of(NOW.minusSeconds(3600).toEpochMilli()));
        Series future = new Series(
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
        List<Series> body = Stream.of("0", "1")
                .flatMap(dp -> Stream.of("0", "1")
                        .map(tp -> new Series(
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
        List<Series> body = List.of(
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
}
