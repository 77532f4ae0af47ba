package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What inference engines really answer; where the bodies come from stands in the README beside them. */
class RealBodiesTest {

    @ParameterizedTest
    @CsvSource({
        "nim-1.x,                 gpu_cache_usage_perc,       0.38449999999999995",
        "nim-1.x,                 num_requests_running,       24",
        "nim-1.x,                 num_requests_waiting,       0",
        "nim-1.x,                 num_request_max,            64",
        "nim-1.x,                 process_virtual_memory_bytes, 115891634176",
        "vllm-0.8.5-just-started, vllm:gpu_cache_usage_perc,  ",
        "vllm-0.8.5-just-started, vllm:num_requests_waiting,  ",
        "vllm-0.8.5-busy,         vllm:gpu_cache_usage_perc,  0.38449999999999995",
        "vllm-0.8.5-busy,         vllm:kv_cache_usage_perc,   ",
        "vllm-0.8.5-busy,         vllm:num_requests_running,  24",
        "vllm-0.8.5-busy,         vllm:num_requests_waiting,  0",
        "vllm-0.10.2-busy,        vllm:gpu_cache_usage_perc,  0.9789473684210527",
        "vllm-0.10.2-busy,        vllm:kv_cache_usage_perc,   0.9789473684210527",
        "vllm-0.10.2-busy,        vllm:num_requests_running,  20",
        "vllm-0.10.2-busy,        vllm:num_requests_waiting,  0",
        "vllm-0.32.0-idle,        vllm:gpu_cache_usage_perc,  ",
        "vllm-0.32.0-idle,        vllm:kv_cache_usage_perc,   0",
        "vllm-0.32.0-idle,        vllm:num_requests_running,  0",
        "vllm-0.32.0-idle,        vllm:num_requests_waiting,  0",
        "vllm-0.32.0-saturated,   vllm:kv_cache_usage_perc,   0.9789473684210527",
        "vllm-0.32.0-saturated,   vllm:num_requests_running,  30",
        "vllm-0.32.0-saturated,   vllm:num_requests_waiting,  57",
        "vllm-0.32.0-two-engines, vllm:kv_cache_usage_perc,   0.2421052631578947 0.4",
        "vllm-0.32.0-two-engines, vllm:num_requests_running,  6 9",
        "vllm-0.32.0-two-engines, vllm:num_requests_waiting,  7 3",
    })
    void everyGaugeIsReadAsItWasCaptured(String body, String name, String values) {
        Exposition exposition = Bodies.read(Bodies.real(body), MetricNames.of(List.of(name)));

        assertThat(Bodies.series(exposition))
                .extracting(SampleLine::value)
                .containsExactlyElementsOf(
                        values == null
                                ? List.of()
                                : Arrays.stream(values.split(" "))
                                        .map(Double::valueOf)
                                        .toList());
    }

    @Test
    void severalNamesComeInTheOrderOfTheBodyWithTheirLabels() {
        byte[] body = Bodies.real("vllm-0.10.2-busy");

        Exposition exposition = Bodies.read(
                body,
                MetricNames.of(
                        List.of("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "vllm:no_such_metric")));

        assertThat(exposition)
                .isInstanceOfSatisfying(
                        Exposition.Parsed.class,
                        parsed -> assertThat(parsed.bytes()).isEqualTo(body.length));
        assertThat(Bodies.series(exposition))
                .extracting(SampleLine::name)
                .containsExactly("vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc");
        assertThat(Bodies.series(exposition))
                .allSatisfy(series -> assertThat(series.labels())
                        .containsExactly(
                                Map.entry("engine", "0"), Map.entry("model_name", "meta/llama-3.1-8b-instruct")));
    }

    @ParameterizedTest
    @CsvSource({
        "nim-1.x, 108",
        "vllm-0.8.5-just-started, 1",
        "vllm-0.8.5-busy, 256",
        "vllm-0.10.2-busy, 349",
        "vllm-0.32.0-idle, 415",
        "vllm-0.32.0-saturated, 430",
        "vllm-0.32.0-two-engines, 786",
    })
    void everyLineThatIsNoCommentIsASeries(String body, int lines) {
        assertThat(Bodies.series(Bodies.read(Bodies.real(body), MetricNames.any())))
                .hasSize(lines);
    }

    @ParameterizedTest
    @FieldSource("io.nimscaler.exposition.Bodies#REAL")
    void randomSplitsDoNotMatter(String name) {
        byte[] body = Bodies.real(name);
        MetricNames wanted = MetricNames.of(List.of("vllm:kv_cache_usage_perc", "vllm:num_requests_waiting"));
        Exposition all = Bodies.read(body, MetricNames.any());
        Exposition some = Bodies.read(body, wanted);
        Random random = new Random(name.hashCode());

        for (int round = 0; round < 50; round++) {
            assertThat(Bodies.readInRandomChunks(body, MetricNames.any(), ReadLimits.DEFAULT, random))
                    .isEqualTo(all);
            assertThat(Bodies.readInRandomChunks(body, wanted, ReadLimits.DEFAULT, random))
                    .isEqualTo(some);
        }
    }
}
