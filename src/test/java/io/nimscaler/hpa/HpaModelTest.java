package io.nimscaler.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaModel.MetricType;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HpaModelTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "208, 100, 1, 3",
        "2000, 700, 3, 3",
        "1900, 700, 3, 3",
        "1889, 700, 3, 3",
        "1399, 700, 3, 2",
        "2310, 700, 3, 3",
        "2311, 700, 3, 4",
        "0, 700, 3, 0",
        "700, 700, 0, 1"
    })
    void averageValueIsComparedWithStatusAndRoundedUp(long value, long target, int status, long replicas) {
        assertThat(new HpaFormula(.1).averageValue(value, target, status)).isEqualTo(replicas);
    }

    @ParameterizedTest
    @CsvSource({"700, 3, 3, 3", "771, 3, 3, 4", "769, 3, 3, 3", "1400, 3, 1, 2", "350, 4, 4, 2", "1400, 0, 0, 2"})
    void valueIsMultipliedByReadyPods(long value, int spec, int ready, long replicas) {
        assertThat(new HpaFormula(.1).value(value, 700, spec, ready)).isEqualTo(replicas);
    }

    @Test
    void downscaleWaitsForItsWindow() {
        HpaModel hpa = new HpaModel(new HpaFormula(.1), MetricType.AVERAGE_VALUE, 1, 10, Duration.ofSeconds(60));
        assertThat(hpa.sync(OptionalLong.of(2800), 700, 4, 4, 4, START)).isEqualTo(4);
        assertThat(hpa.sync(OptionalLong.of(700), 700, 4, 4, 4, START.plusSeconds(60)))
                .isEqualTo(4);
        assertThat(hpa.sync(OptionalLong.of(700), 700, 4, 4, 4, START.plusSeconds(61)))
                .isEqualTo(1);
    }

    @Test
    void withoutAMetricNothingChanges() {
        HpaModel hpa = new HpaModel(new HpaFormula(.1), MetricType.AVERAGE_VALUE, 1, 10, Duration.ZERO);
        assertThat(hpa.sync(OptionalLong.empty(), 700, 4, 4, 4, START)).isEqualTo(4);
    }

    @Test
    void minAndMaxReplicasBoundIt() {
        HpaModel hpa = new HpaModel(new HpaFormula(.1), MetricType.AVERAGE_VALUE, 2, 5, Duration.ZERO);
        assertThat(hpa.sync(OptionalLong.of(70_000), 700, 4, 4, 4, START)).isEqualTo(5);
        assertThat(hpa.sync(OptionalLong.of(0), 700, 4, 4, 4, START.plusSeconds(1)))
                .isEqualTo(2);
    }
}
