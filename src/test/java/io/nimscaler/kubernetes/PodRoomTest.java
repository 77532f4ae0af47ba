package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Triggers;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRoomTest {

    private static final ScaledObjectId SMALL = new ScaledObjectId("ours", "small");
    private static final ScaledObjectId LARGE = new ScaledObjectId("ours", "large");
    private static final ScaledObjectId ONE = new ScaledObjectId("theirs", "one");
    private static final ScaledObjectId TWO = new ScaledObjectId("theirs", "two");
    private static final ScaledObjectId THREE = new ScaledObjectId("theirs", "three");

    /** The shipped limit has room for one fleet of the largest size. */
    @ParameterizedTest
    @CsvSource({"161061273, 5053", "322122547, 13106", "30000000, 1000", "100000000000, 50000"})
    void goesWithTheHeap(long bytes, int pods) {
        assertThat(PodRoom.forHeap(bytes)).isEqualTo(pods);
    }

    /** Each remembered by one scaler. */
    private static Map<ScaledObjectId, PodRoom.Kept> pods(Map<ScaledObjectId, Integer> numbers) {
        return numbers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> PodRoom.Kept.unread(entry.getValue())));
    }

    /** 10.5 kB of each pod, and what is remembered of it; in pods of 14 kB. */
    @ParameterizedTest
    @CsvSource({
        "5000, 0, 3750",
        "5000, 3500, 5000",
        "1400, 9000, 1950",
        "1400, 12500, 2300",
        "0, 288000, 0",
        "5000, 288000, 106607"
    })
    void podThatMoreIsRememberedOfCountsAsMore(int pods, long bytes, long weight) {
        assertThat(new PodRoom.Kept(pods, bytes).weight()).isEqualTo(weight);
    }

    @Test
    void signalThatRemembersMoreWeighsMore() {
        assertThat(Stream.of(
                                "gpu_cache_usage_perc",
                                "rate(vllm:generation_tokens_total)",
                                "DCGM_FI_DEV_GPU_UTIL",
                                "time_to_first_token_seconds",
                                "serving_load")
                        .map(metric ->
                                PodRoom.bytesOf(Triggers.with("metric", metric).signal())))
                .containsExactly(3_500L, 3_500L, 3_500L, 8_000L, 9_000L);
    }

    @Test
    void fleetOfManyTriggersGoesBeforeALargerOneOfOne() {
        PodRoom.Kept many = new PodRoom.Kept(40, 288_000);
        assertThat(new PodRoom(100).over(Map.of(LARGE, PodRoom.Kept.unread(60), SMALL, many)))
                .containsExactly(SMALL);
        assertThat(new PodRoom(100).refusal(many))
                .isEqualTo(
                        "expected at most 100 pods of all ScaledObjects in this much memory; this one has 40, which take"
                                + " as much as 852 with one gauge, most of the namespace that has most");
    }

    @Test
    void nobodyHasToGoUpToTheBound() {
        assertThat(new PodRoom(100).over(pods(Map.of(SMALL, 10, LARGE, 90)))).isEmpty();
        assertThat(new PodRoom(100).over(Map.of())).isEmpty();
    }

    @Test
    void largestFleetOfTheLargestNamespaceGoes() {
        assertThat(new PodRoom(100).over(pods(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1))))
                .containsExactly(TWO);
    }

    @Test
    void asManyGoAsHaveTo() {
        assertThat(new PodRoom(20).over(pods(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1))))
                .containsExactly(TWO, LARGE, ONE);
    }

    @Test
    void saysHowManyThereIsRoomFor() {
        assertThat(new PodRoom(20).refusal(PodRoom.Kept.unread(35)))
                .isEqualTo("expected at most 20 pods of all ScaledObjects in this much memory; this one has 35,"
                        + " most of the namespace that has most");
    }
}
