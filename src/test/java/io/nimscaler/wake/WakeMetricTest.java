package io.nimscaler.wake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WakeMetricTest {

    @ParameterizedTest
    @CsvSource({
        "llm_d_epp_flow_control_queue_size, llm_d_epp_flow_control_queue_size, false",
        "vllm:num_incoming_requests_total, vllm:num_incoming_requests_total, true",
        "rate(vllm:num_incoming_requests_total), vllm:num_incoming_requests_total, true",
        "rate(envoy_cluster_upstream_rq), envoy_cluster_upstream_rq, true",
        "rate, rate, false",
    })
    void textNamesTheSeriesAndItsKind(String text, String series, boolean isCounter) {
        assertThat(WakeMetric.of(text, "model", 2, true)).hasValue(new WakeMetric(series, isCounter, "model", 2, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rate(", "rate()", "rate(x", "x)", "sum(x)", "x{y=\"z\"}", "9x", "a b", "x\n"})
    void otherTextIsNone(String text) {
        assertThat(WakeMetric.of(text, "model", 0, false)).isEmpty();
    }
}
