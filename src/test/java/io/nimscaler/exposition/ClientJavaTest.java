package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A second opinion: what the official Java client writes, we read. */
class ClientJavaTest {

    static Stream<ExpositionFormatWriter> writers() {
        return Stream.of(PrometheusTextFormatWriter.create(), OpenMetricsTextFormatWriter.create());
    }

    @ParameterizedTest
    @MethodSource("writers")
    void gaugesWithHostileLabelsAndNumbersAreRead(ExpositionFormatWriter writer) throws IOException {
        Random random = new Random(42);
        String alphabet = "ab\\\"\n{}=, #\u00e9\u20ac\t";
        for (int round = 0; round < 200; round++) {
            String value = random.ints(random.nextInt(12), 0, alphabet.length())
                    .collect(StringBuilder::new, (text, i) -> text.append(alphabet.charAt(i)), StringBuilder::append)
                    .toString();
            double number = round == 0 ? Double.NaN : Double.longBitsToDouble(random.nextLong());
            MetricSnapshots snapshots = MetricSnapshots.of(GaugeSnapshot.builder()
                    .name("usage")
                    .help(value)
                    .dataPoint(new GaugeDataPointSnapshot(number, Labels.of("engine", "0", "model_name", value), null))
                    .build());

            assertThat(Bodies.series(Bodies.read(write(writer, snapshots), MetricNames.any())))
                    .containsExactly(new SampleLine(
                            "usage",
                            Map.of("engine", "0", "model_name", value),
                            Double.isNaN(number) ? Double.NaN : number,
                            OptionalLong.empty()));
        }
    }

    @ParameterizedTest
    @MethodSource("writers")
    void countersAndHistogramsWithExemplarsAreRead(ExpositionFormatWriter writer) throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        Counter requests = Counter.builder().name("requests_total").register(registry);
        requests.incWithExemplar(3, Labels.of("trace_id", "x\"}\n# y"));
        Histogram latency = Histogram.builder()
                .name("latency_seconds")
                .classicUpperBounds(0.5, 1)
                .classicOnly()
                .register(registry);
        latency.observeWithExemplar(0.7, Labels.of("trace_id", "z"));

        Exposition exposition = Bodies.read(
                write(writer, registry.scrape()),
                MetricNames.of(List.of("requests_total", "latency_seconds_bucket", "latency_seconds_sum")));

        assertThat(Bodies.series(exposition))
                .containsExactlyInAnyOrder(
                        new SampleLine("requests_total", Map.of(), 3, OptionalLong.empty(), MetricType.COUNTER),
                        bucket("0.5", 0),
                        bucket("1.0", 1),
                        bucket("+Inf", 1),
                        new SampleLine(
                                "latency_seconds_sum", Map.of(), 0.7, OptionalLong.empty(), MetricType.HISTOGRAM));
    }

    @Test
    void namesInUtf8AreRead() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        Gauge.builder()
                .name("kv.cache.\u00fcsage")
                .labelNames("engine.id")
                .register(registry)
                .labelValues("0")
                .set(0.25);

        Exposition exposition = Bodies.read(
                write(PrometheusTextFormatWriter.create(), registry.scrape()),
                MetricNames.of(List.of("kv.cache.\u00fcsage")));

        assertThat(Bodies.series(exposition))
                .containsExactly(
                        new SampleLine("kv.cache.\u00fcsage", Map.of("engine.id", "0"), 0.25, OptionalLong.empty()));
    }

    @Test
    void timestampsOfTheTextFormatAreRead() throws IOException {
        MetricSnapshots snapshots = MetricSnapshots.of(GaugeSnapshot.builder()
                .name("usage")
                .dataPoint(new GaugeDataPointSnapshot(0.5, Labels.EMPTY, (Exemplar) null, 1_700_000_000_123L))
                .build());
        ExpositionFormatWriter writer = PrometheusTextFormatWriter.create();

        assertThat(Bodies.series(Bodies.read(write(writer, snapshots), MetricNames.any())))
                .containsExactly(new SampleLine("usage", Map.of(), 0.5, OptionalLong.of(1_700_000_000_123L)));
    }

    private static SampleLine bucket(String upperBound, double count) {
        return new SampleLine(
                "latency_seconds_bucket", Map.of("le", upperBound), count, OptionalLong.empty(), MetricType.HISTOGRAM);
    }

    private static byte[] write(ExpositionFormatWriter writer, MetricSnapshots snapshots) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out, snapshots, EscapingScheme.ALLOW_UTF8);
        return out.toByteArray();
    }
}
