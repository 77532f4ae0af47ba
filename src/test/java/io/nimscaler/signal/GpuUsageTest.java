package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuUsageTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Measurement measure(String metric, List<SampleLine> body) {
        return Signals.named(metric).ofPod(Optional.of("a-model")).read(body, NOW);
    }

    private static double share(Measurement measurement) {
        assertThat(measurement).isInstanceOf(Measured.class);
        return ((PodValue.Amount) ((Measured) measurement).value()).value();
    }

    private static SampleLine of(String name, String gpu, double value) {
        return new SampleLine(name, Map.of("gpu", gpu), value, OptionalLong.empty());
    }

    @ParameterizedTest
    @CsvSource({
        // of an exporter's body; the mean of the pod's GPUs
        "DCGM_FI_DEV_GPU_UTIL,          nim-llm-0, 0.83",
        "DCGM_FI_DEV_GPU_UTIL,          nim-llm-1, 0.4",
        "DCGM_FI_PROF_GR_ENGINE_ACTIVE, nim-llm-0, 0.831152",
        "DCGM_FI_DEV_FB_USED,           nim-llm-0, 0.8",
        "DCGM_FI_DEV_FB_USED,           nim-llm-1, 0.0875"
    })
    void gpusOfOnePodAreAShareOnAverage(String metric, String pod, double share) {
        List<SampleLine> all =
                Bodies.real("dcgm-exporter-4.8", Signals.named(metric).seriesNames());
        List<SampleLine> own = all.stream()
                .filter(series -> pod.equals(series.labels().get("pod")))
                .toList();
        assertThat(share(measure(metric, own))).isCloseTo(share, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE", "DCGM_FI_DEV_FB_RESERVED"})
    void oneGpuWithTwoValuesIsABadValue(String twice) {
        List<SampleLine> once = List.of(
                of("DCGM_FI_DEV_FB_USED", "0", 60),
                of("DCGM_FI_DEV_FB_FREE", "0", 30),
                of("DCGM_FI_DEV_FB_RESERVED", "0", 10));
        assertThat(share(measure("DCGM_FI_DEV_FB_USED", once))).isCloseTo(.6, within(1e-9));
        List<SampleLine> body = new ArrayList<>(once);
        body.add(of(twice, "0", 5));
        assertThat(measure("DCGM_FI_DEV_FB_USED", body)).isInstanceOf(BadValue.class);
    }

    @Test
    void utilizationIsALevel() {
        Signal signal = Signals.named("DCGM_FI_DEV_GPU_UTIL");
        assertThat(signal.isAdditive()).isFalse();
        assertThat(signal.saturatesAtOne()).isTrue();
        assertThat(signal.isOfGpus()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            doubles = {
                2147483632d, // DCGM_INT32_BLANK
                2147483633d,
                2147483634d,
                2147483635d,
                140737488355328d, // DCGM_FP64_BLANK
                140737488355330d,
                9223372036854775792d, // DCGM_INT64_BLANK
                9223372036854775794d
            })
    void whatDcgmWritesForNoValueIsNoNumber(double blank) {
        for (String metric : List.of("DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "DCGM_FI_DEV_FB_USED")) {
            assertThat(measure(
                            metric,
                            List.of(of(metric, "0", 0), of("DCGM_FI_DEV_FB_FREE", "0", 8), of(metric, "1", blank))))
                    .isInstanceOf(BadValue.class);
        }
        // used / (used + blank) would look idle
        assertThat(measure(
                        "DCGM_FI_DEV_FB_USED",
                        List.of(of("DCGM_FI_DEV_FB_USED", "0", 80), of("DCGM_FI_DEV_FB_FREE", "0", blank))))
                .isInstanceOf(BadValue.class);
        assertThat(measure(
                        "DCGM_FI_DEV_FB_USED",
                        List.of(
                                of("DCGM_FI_DEV_FB_USED", "0", 80),
                                of("DCGM_FI_DEV_FB_FREE", "0", 8),
                                of("DCGM_FI_DEV_FB_RESERVED", "0", blank))))
                .isInstanceOf(BadValue.class);
    }

    @ParameterizedTest
    @CsvSource({
        // https://github.com/NVIDIA/dcgm-exporter/issues/418
        "DCGM_FI_DEV_GPU_UTIL, 2619",
        "DCGM_FI_DEV_GPU_UTIL, -1",
        "DCGM_FI_DEV_GPU_UTIL, NaN",
        "DCGM_FI_PROF_GR_ENGINE_ACTIVE, 50"
    })
    void numberThatCannotBeIsNoSample(String metric, double value) {
        assertThat(measure(metric, List.of(of(metric, "0", value)))).isInstanceOf(BadValue.class);
    }

    @Test
    void memoryOfNothingIsNoShare() {
        assertThat(measure(
                        "DCGM_FI_DEV_FB_USED",
                        List.of(of("DCGM_FI_DEV_FB_USED", "0", 0), of("DCGM_FI_DEV_FB_FREE", "0", 0))))
                .isInstanceOf(BadValue.class);
    }

    @Test
    void missingSeriesIsNotZero() {
        assertThat(measure("DCGM_FI_DEV_GPU_UTIL", List.of())).isInstanceOf(NoMetric.class);
        assertThat(measure(
                        "DCGM_FI_DEV_FB_USED",
                        List.of(
                                of("DCGM_FI_DEV_FB_USED", "0", 80),
                                of("DCGM_FI_DEV_FB_FREE", "0", 8),
                                of("DCGM_FI_DEV_FB_USED", "1", 80))))
                .isInstanceOf(NoMetric.class);
    }
}
