package io.nimscaler.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    private static HpaModel with(HpaBehavior behavior) {
        return new HpaModel(new HpaFormula(.1), MetricType.AVERAGE_VALUE, 1, 100, behavior);
    }

    @Test
    void defaultsDoubleOrAddFourPodsEveryFifteenSeconds() {
        HpaModel hpa = with(HpaBehavior.ofDefaults(Duration.ZERO));
        assertThat(hpa.settle(50, 1, START)).isEqualTo(5);
        assertThat(hpa.settle(50, 5, START.plusSeconds(10))).isEqualTo(5);
        assertThat(hpa.settle(50, 5, START.plusSeconds(15))).isEqualTo(10);
        assertThat(hpa.settle(50, 10, START.plusSeconds(30))).isEqualTo(20);
        assertThat(hpa.settle(2, 20, START.plusSeconds(45))).isEqualTo(2);
    }

    @Test
    void policiesOnTheWayDownCountFromWhatThereWasWhenTheirPeriodBegan() {
        HpaBehavior.Policy tenth = new HpaBehavior.Policy(HpaBehavior.Type.PERCENT, 10, Duration.ofMinutes(1));
        HpaBehavior.Policy one = new HpaBehavior.Policy(HpaBehavior.Type.PODS, 1, Duration.ofMinutes(1));
        HpaBehavior.Rules up = HpaBehavior.unlimited(Duration.ZERO).scaleUp();
        HpaModel most = with(
                new HpaBehavior(up, new HpaBehavior.Rules(Duration.ZERO, List.of(tenth, one), HpaBehavior.Select.MAX)));
        HpaModel least = with(
                new HpaBehavior(up, new HpaBehavior.Rules(Duration.ZERO, List.of(tenth, one), HpaBehavior.Select.MIN)));
        HpaModel never = with(
                new HpaBehavior(up, new HpaBehavior.Rules(Duration.ZERO, List.of(tenth), HpaBehavior.Select.DISABLED)));
        assertThat(most.settle(1, 40, START)).isEqualTo(36);
        assertThat(most.settle(1, 36, START.plusSeconds(30))).isEqualTo(36);
        assertThat(most.settle(1, 36, START.plusSeconds(60))).isEqualTo(32);
        assertThat(least.settle(1, 40, START)).isEqualTo(39);
        assertThat(never.settle(1, 40, START)).isEqualTo(40);
    }

    @Test
    void upscaleWaitsForItsWindow() {
        HpaBehavior.Rules slow = new HpaBehavior.Rules(Duration.ofSeconds(60), List.of(), HpaBehavior.Select.MAX);
        HpaModel hpa =
                with(new HpaBehavior(slow, HpaBehavior.unlimited(Duration.ZERO).scaleDown()));
        assertThat(hpa.settle(2, 2, START)).isEqualTo(2);
        assertThat(hpa.settle(9, 2, START.plusSeconds(45))).isEqualTo(2);
        assertThat(hpa.settle(8, 2, START.plusSeconds(61))).isEqualTo(8);
    }
}
