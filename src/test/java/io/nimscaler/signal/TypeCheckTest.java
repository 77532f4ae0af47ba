package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What its type shows to be wrong is refused, with what would be right; what has no type is read. */
class TypeCheckTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Measurement read(String metric, String series, MetricType type) {
        return Signals.named(metric)
                .ofPod(Optional.empty())
                .read(List.of(new SampleLine(series, Map.of(), 5, OptionalLong.empty(), type)), NOW);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "tokens_total,  COUNTER,   metric: rate(tokens_total)",
        "tokens,        COUNTER,   metric: rate(tokens)",
        "latency,       SUMMARY,   metric: rate(latency_count)",
        "latency_sum,   SUMMARY,   metric: rate(latency_sum)",
        "latency_count, HISTOGRAM, metric: latency with quantile",
        "latency_bucket, HISTOGRAM, metric: latency with quantile",
        "vllm:num_requests_waiting, COUNTER, metric: rate(vllm:num_requests_waiting)"
    })
    void whatIsNoGaugeIsRefused(String name, MetricType type, String right) {
        assertThat(read(name, name, type))
                .isInstanceOfSatisfying(
                        BadValue.class, bad -> assertThat(bad.detail()).contains(right));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "GAUGE"})
    void gaugeAndWhatHasNoTypeAreRead(MetricType type) {
        assertThat(read("tokens_total", "tokens_total", type)).isInstanceOf(Measured.class);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "queue,         GAUGE,     false",
        "tokens_total,  GAUGE,     true",
        "tokens,        UNKNOWN,   true",
        "tokens,        COUNTER,   true",
        "latency_count, HISTOGRAM, true"
    })
    void rateIsOfWhatCounts(String name, MetricType type, boolean counts) {
        assertThat(read("rate(" + name + ")", name, type)).isInstanceOf(counts ? TooEarly.class : BadValue.class);
    }
}
