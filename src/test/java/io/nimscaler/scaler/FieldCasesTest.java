package io.nimscaler.scaler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.BodyFormat;
import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies from public reports, from their bytes to what a pod's value is or why it has none; sources in {@code cases/README.md}. */
class FieldCasesTest extends ScalersFixture {

    private static final Pattern GROWING = Pattern.compile("\\{([0-9]+)\\+([0-9.]+)\\*t}");

    private final Instant start = now;

    private static String text(String body) {
        try (InputStream in = FieldCasesTest.class.getResourceAsStream("/cases/" + body + ".prom")) {
            assertThat(in).as(body).isNotNull();
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String rendered(String body) {
        long seconds = Duration.between(start, now).toSeconds();
        String grown = GROWING.matcher(text(body))
                .replaceAll(match -> Long.toString(
                        (long) (Double.parseDouble(match.group(1)) + Double.parseDouble(match.group(2)) * seconds)));
        return grown.replace("{now}", Long.toString(now.getEpochSecond()));
    }

    private ScrapeResult read(String body, ScrapeRequest request, BodyFormat format) {
        byte[] bytes = rendered(body).getBytes(UTF_8);
        ExpositionReader reader = new ExpositionReader(request.wanted(), ReadLimits.DEFAULT, format);
        reader.read(bytes, 0, bytes.length);
        return switch (reader.finish()) {
            case Exposition.Parsed parsed -> new Scraped(parsed.series(), parsed.contents());
            case Exposition.Refused refused -> new Failed(ScrapeFailure.MALFORMED, refused.message());
        };
    }

    /** Two pods or as many as there are bodies, after 100 seconds. */
    private Trigger run(String bodies, String metadata) {
        Trigger asked = Triggers.immediate(metadata.isEmpty() ? new String[0] : metadata.split("[=;]"));
        List<String> each = List.of(bodies.split(" "));
        BodyFormat format =
                BodyFormat.of(bodies.startsWith("openmetrics") ? "application/openmetrics-text; version=1.0.0" : "");
        Pod[] ready = IntStream.range(0, each.size())
                .mapToObj(i -> FakePods.ready(Integer.toString(i + 1), LONG_AGO))
                .toArray(Pod[]::new);
        for (int i = 0; i < each.size(); i++) {
            String body = each.get(i);
            scraper.answers(Integer.toString(i + 1), request -> read(body, request, format));
        }
        pods.has(each.size(), ready);
        scalers.put(ID, List.of(asked), false, now);
        pass(Duration.ofSeconds(100));
        return asked;
    }

    private OptionalLong replicas(Trigger asked) {
        int pods = snapshot(asked).pods().size();
        return new Answers(asked).hpaDesiredReplicas(snapshot(asked).answer(), new Scale(pods, pods), pods);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "counter-without-rate.pod, metric=rate(vllm:generation_tokens_total);targetValue=1800;window=20s, 500",
        "dynamo-dp-ranks.pod, metric=dynamo_component_gpu_cache_usage_percent, 0.5",
        "dynamo-dp-ranks.pod, metric=dynamo_component_inflight_requests;targetValue=40;modelName=org/model-f, 40",
        "half-the-fleet-asleep.busy, '', 0.95",
        "istio-merged.pod, '', 0",
        "le-inf.pod, metric=time_to_first_token_seconds;quantile=0.9;targetValue=0.5;window=20s, 1",
        "llama-cpp.pod, metric=llamacpp:requests_deferred;targetValue=2, 9",
        "nim-gpu-utilization-four-gpus.pod, metric=gpu_utilization, 0.5",
        "openmetrics-seconds.pod, '', 0.8",
        "openmetrics-seconds.whole, '', 0.8",
        "ray-serve-vllm.pod, '', 0.55",
        "ray-serve-vllm.pod, metric=ray_vllm_kv_cache_usage_perc, 0.55",
        "ray-serve-vllm.pod, metric=ray_vllm_num_requests_waiting;targetValue=4, 4",
        "ray-serve-vllm.pod, metric=serving_load, 1.052",
        "sglang-context-parallel-8.pod, metric=num_requests_running;targetValue=24, 24",
        "sglang-decode-prealloc-queue.pod, metric=num_requests_waiting;targetValue=10, 315",
        "sglang-decode-prealloc-queue.pod, '', 0.41",
        "sglang-dp-attention-priority.pod, metric=num_requests_running;targetValue=24, 24",
        "sglang-dp-attention-priority.pod, '', 0.3",
        "tgi.pod, metric=tgi_queue_size;targetValue=10, 37",
        "tgi.pod, metric=tgi_request_queue_duration;quantile=0.9;targetValue=2;window=20s, 10",
        "triton-queue-duration.pod, metric=rate(nv_inference_queue_duration_us);targetValue=6000000;window=20s, 6020000",
        "triton-queue-duration.pod, metric=rate(nv_inference_queue_duration_us);targetValue=6000000;window=20s;modelName=embed, 6000000",
        "trtllm-serve-undefined-labels.pod, metric=e2e_request_latency_seconds;targetValue=1;window=20s, 0.9",
        "vllm-four-api-servers.pod, '', 0.92",
        "vllm-four-api-servers.pod, metric=serving_load, 0.92"
    })
    void podsValueIsWhatTheReportWanted(String body, String metadata, double expected) {
        Trigger asked = run(body + " " + body, metadata);
        assertThat(snapshot(asked).pods())
                .allSatisfy(pod -> assertThat(pod.sample()
                                .orElseThrow(() -> new AssertionError(pod))
                                .value())
                        .isCloseTo(expected, within(expected * .06 + 1e-9)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "dynamo-dp-ranks.pod, metric=dynamo_component_gpu_cache_usage_percent, 2",
        "nim-gpu-utilization-four-gpus.pod, metric=gpu_utilization, 2",
        "ray-serve-vllm.pod, metric=ray_vllm_kv_cache_usage_perc, 2",
        "vllm-four-api-servers.pod, '', 3",
        "vllm-four-api-servers.pod, metric=serving_load, 3",
        "sglang-decode-prealloc-queue.pod, metric=num_requests_waiting;targetValue=10, 63",
        "slots-full-kv-low.pod, metric=serving_load, 4"
    })
    void hpaEndsWithTheReplicasThatTheReportWanted(String body, String metadata, long expected) {
        assertThat(replicas(run(body + " " + body, metadata))).hasValue(expected);
    }

    @ParameterizedTest
    @CsvSource({"prefill-heavy-queue-grows.pod", "sglang-decode-prealloc-queue.pod"})
    void servingLoadGrowsWithAQueue(String body) {
        assertThat(replicas(run(body + " " + body, "metric=serving_load")).orElseThrow())
                .isGreaterThan(4);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "counter-without-rate.pod, metric=vllm:generation_tokens_total;targetValue=1800, bad_value, rate(vllm:generation_tokens_total)",
        "dynamo-dp-ranks.pod, metric=serving_load, no_metric, there is \"dynamo_component_gpu_cache_usage_percent\"",
        "gauge-after-first-request.pod, '', no_metric, 'the engine answers (there is \"trtllm_request_success_total\"), and some engines show this metric only after their first request'",
        "half-the-fleet-asleep.asleep, '', asleep, its engine sleeps",
        "half-the-fleet-asleep.asleep, metric=rate(vllm:generation_tokens_total);targetValue=100, asleep, its engine sleeps",
        "istio-merged.without, '', no_metric, no series",
        "llama-cpp.pod, metric=llamacpp:kv_cache_usage_ratio, no_metric, no series llamacpp:kv_cache_usage_ratio",
        "llama-cpp.pod, metric=llamacpp:prompt_tokens_seconds;targetValue=100, malformed, -nan",
        "vllm-four-api-servers.pod, modelName=sql-adapter, no_metric, has no series with model_name = \"sql-adapter\"; there is \"org/model-a\"",
        "tgi.pod, metric=tgi_request_queue_duration;targetValue=2, no_metric, 'a histogram of that name is there: add quantile'",
        "tgi.fresh, metric=tgi_queue_size;targetValue=10, no_metric, no series tgi_queue_size",
        "triton-nan.pod, '', bad_value, NaN",
        "trtllm-serve-undefined-labels.pod, '', no_metric, no series gpu_cache_usage_perc",
        "vllm-four-api-servers.pod, metric=vllm_num_requests_waiting;targetValue=4, no_metric, there is \"vllm:num_requests_waiting\"",
        "vllm-four-api-servers.pod, metric=vllm:num_request_waiting;targetValue=4, no_metric, there is \"vllm:num_requests_waiting\""
    })
    void whyAPodHasNoValueIsSaid(String body, String metadata, String reason, String words) {
        Trigger asked = run(body, metadata);
        assertThat(snapshot(asked).pods()).singleElement().satisfies(pod -> {
            assertThat(pod.sample()).isEmpty();
            assertThat(pod.problem().orElseThrow().reason().label()).isEqualTo(reason);
            assertThat(pod.problem().orElseThrow().detail()).contains(words).hasSizeLessThan(500);
        });
        assertThat(replicas(asked)).isEmpty();
    }

    /** Asleep is not idle: while two awake pods are over target with a queue, nothing is taken away, however long it lasts. */
    @ParameterizedTest
    @CsvSource({"''", "metric=serving_load", "metric=num_requests_waiting;targetValue=6"})
    void sleepingPodsAreNoFreeRoom(String metadata) {
        String busy = "half-the-fleet-asleep.busy";
        String asleep = "half-the-fleet-asleep.asleep";
        Trigger asked = run(busy + " " + busy + " " + asleep + " " + asleep, metadata);
        for (int minute = 0; minute < 12; minute++) {
            pass(Duration.ofMinutes(1));
            assertThat(replicas(asked).orElseThrow()).isGreaterThanOrEqualTo(4);
        }
    }
}
