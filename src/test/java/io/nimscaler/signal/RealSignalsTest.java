package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the signals read in the bodies of each engine, without configuration. */
class RealSignalsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Measurement read(String metric, String body) {
        Signal signal = Signals.named(metric);
        return signal.ofPod(Optional.empty()).read(Bodies.real(body, signal.seriesNames()), NOW);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // body, KV usage, running, waiting
        "nim-1.x,                 0.3845, 24, 0",
        "vllm-0.8.5-busy,         0.3845, 24, 0",
        "vllm-0.10.2-busy,        0.9789, 20, 0",
        "vllm-0.32.0-idle,        0,      0,  0",
        "vllm-0.32.0-saturated,   0.9789, 30, 57",
        "vllm-0.32.0-two-engines, 0.3211, 15, 10",
        "sglang-0.5,              0.62,   12, 3",
        "trtllm-serve-1.3,        0.41,   48, 5",
        "triton-trtllm,           0.4875, 32, 6"
    })
    void eachEnginesSeriesAreFound(String body, double kvUsage, double running, double waiting) {
        assertThat(amount("gpu_cache_usage_perc", body)).isCloseTo(kvUsage, within(5e-5));
        assertThat(amount("num_requests_running", body)).isEqualTo(running);
        assertThat(amount("num_requests_waiting", body)).isEqualTo(waiting);
    }

    private static double amount(String metric, String body) {
        assertThat(read(metric, body)).isInstanceOf(Measured.class);
        return ((PodValue.Amount) ((Measured) read(metric, body)).value()).value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu_cache_usage_perc", "num_requests_running", "num_requests_waiting"})
    void engineThatHasJustStartedHasNoMetricRatherThanZero(String metric) {
        assertThat(read(metric, "vllm-0.8.5-just-started")).isInstanceOf(NoMetric.class);
    }

    @ParameterizedTest
    @CsvSource({"nv_gpu_utilization, triton-trtllm, 0.7", "vllm:prompt_tokens_total, vllm-0.8.5-just-started, "})
    void anyGaugeIsReadByItsName(String metric, String body, Double value) {
        if (value == null) {
            assertThat(read(metric, body)).isInstanceOf(NoMetric.class);
        } else {
            assertThat(amount(metric, body)).isCloseTo(value, within(1e-12));
        }
    }
}
