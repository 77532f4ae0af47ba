package io.nimscaler.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.PodSignal;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.Signals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoEngineTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Signal SERVING_LOAD = Signals.named("serving_load");
    private static final MetricNames NAMES = MetricNames.of(List.of(
            "num_requests_running",
            "num_requests_waiting",
            "num_request_max",
            "gpu_cache_usage_perc",
            "prompt_tokens_total",
            "generation_tokens_total",
            "request_success_total"));

    private final DemoEngine engine = new DemoEngine();

    private void works(int seconds, double load) {
        for (int i = 0; i < seconds; i++) {
            engine.pass(SECOND, load);
        }
    }

    private List<SampleLine> series() {
        byte[] body = engine.metrics().getBytes(StandardCharsets.UTF_8);
        ExpositionReader reader = new ExpositionReader(NAMES, ReadLimits.DEFAULT);
        reader.read(body, 0, body.length);
        return ((Exposition.Parsed) reader.finish()).series();
    }

    private Map<String, Double> shown() {
        return series().stream().collect(Collectors.toMap(SampleLine::name, SampleLine::value));
    }

    @Test
    void countersGrowAsTheLoadDoes() {
        works(100, .5);
        assertThat(shown())
                .containsEntry("request_success_total", 200.0)
                .containsEntry("generation_tokens_total", 40_000.0)
                .containsEntry("prompt_tokens_total", 120_000.0)
                .containsEntry("num_requests_waiting", 0.0);
        works(100, .25);
        assertThat(shown()).containsEntry("request_success_total", 300.0);
    }

    /** Each request makes the others slower. */
    @Test
    void halfOfItsLoadIsAThirdOfItsRequests() {
        works(1, .5);
        assertThat(shown())
                .containsEntry("num_requests_running", 21.0)
                .containsEntry("num_request_max", 64.0)
                .containsEntry("gpu_cache_usage_perc", .25);
        works(1, 1);
        assertThat(shown()).containsEntry("num_requests_running", 64.0);
    }

    @Test
    void whatIsMoreThanItCanDoWaitsAndIsDoneLater() {
        works(60, 1.5);
        assertThat(shown())
                .containsEntry("num_requests_waiting", 120.0)
                .containsEntry("num_requests_running", 64.0)
                .containsEntry("request_success_total", 240.0);
        works(30, .5);
        assertThat(shown()).containsEntry("num_requests_waiting", 60.0).containsEntry("num_requests_running", 64.0);
        works(60, .5);
        assertThat(shown())
                .containsEntry("num_requests_waiting", 0.0)
                .containsEntry("num_requests_running", 21.0)
                .containsEntry("request_success_total", 360.0 + 180.0);
    }

    @Test
    void noTimeChangesNothing() {
        works(10, .5);
        String before = engine.metrics();
        engine.pass(Duration.ZERO, 1);
        assertThat(engine.metrics()).isEqualTo(before);
    }

    /** It knows what the batch costs once the load has gone up and down. */
    @ParameterizedTest
    @ValueSource(doubles = {.3, .6, .85})
    void servingLoadReadsWhatComes(double load) {
        PodSignal pod = SERVING_LOAD.ofPod(Optional.empty());
        FleetSignal fleet = SERVING_LOAD.ofFleet();
        double read = 0;
        for (int i = 0; i < 900; i++) {
            engine.pass(SECOND, i < 840 ? .5 + .4 * Math.sin(i / 40.0) : load);
            Measured measured = (Measured) pod.read(series(), Instant.EPOCH.plusSeconds(i));
            fleet.aimAt(.85, 1);
            fleet.learn(List.of(measured.value()), SECOND);
            read = fleet.valueOf(measured.value()).orElseThrow();
        }
        assertThat(read).isEqualTo(load, within(.1));
    }
}
