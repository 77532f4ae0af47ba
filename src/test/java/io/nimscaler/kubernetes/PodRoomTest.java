package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.Map;
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

    @Test
    void nobodyHasToGoUpToTheBound() {
        assertThat(new PodRoom(100).over(Map.of(SMALL, 10, LARGE, 90))).isEmpty();
        assertThat(new PodRoom(100).over(Map.of())).isEmpty();
    }

    @Test
    void largestFleetOfTheLargestNamespaceGoes() {
        assertThat(new PodRoom(100).over(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1)))
                .containsExactly(TWO);
    }

    @Test
    void asManyGoAsHaveTo() {
        assertThat(new PodRoom(20).over(Map.of(SMALL, 5, LARGE, 60, ONE, 30, TWO, 35, THREE, 1)))
                .containsExactly(TWO, LARGE, ONE);
    }

    @Test
    void saysHowManyThereIsRoomFor() {
        assertThat(new PodRoom(20).refusal(35))
                .isEqualTo("expected at most 20 pods of all ScaledObjects in this much memory; this one has 35,"
                        + " most of the namespace that has most");
    }
}
