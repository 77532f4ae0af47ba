package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalLabelTest {

    @ParameterizedTest
    @CsvSource({
        "gpu_cache_usage_perc, KV-cache usage, share",
        "vllm:kv_cache_usage_perc, KV-cache usage, share",
        "num_requests_running, Running requests, requests",
        "num_requests_waiting, Waiting requests, requests",
        "serving_load, Serving load, share",
        "rate(prompt_tokens_total), Rate of prompt_tokens_total, per_second",
        "time_to_first_token_seconds, Time to first token (mean), seconds",
        "e2e_request_latency_seconds, Request latency (mean), seconds",
        "nv_gpu_utilization, GPU utilization, share",
        "DCGM_FI_DEV_GPU_UTIL, GPU utilization, share",
        "my_own_gauge, my_own_gauge, none",
        "my_queue_ratio, my_queue_ratio, none"
    })
    void signalIsCalledAsPeopleCallIt(String metric, String title, String unit) {
        SignalLabel label = SignalLabel.of(Signals.named(metric));
        assertThat(label.title()).isEqualTo(title);
        assertThat(label.unit().label()).isEqualTo(unit);
    }

    @ParameterizedTest
    @CsvSource({"0.95, p95", "0.999, p99.9", "0.5, p50"})
    void quantileIsSaid(double quantile, String text) {
        Latency latency =
                new Latency("my_latency", OptionalDouble.of(quantile), Duration.ofMinutes(1), List.of("my_latency"));
        assertThat(SignalLabel.of(latency))
                .isEqualTo(new SignalLabel("my_latency (" + text + ")", SignalLabel.Unit.NONE));
    }
}
