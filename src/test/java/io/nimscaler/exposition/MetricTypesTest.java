package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricTypesTest {

    private static final List<String> NAMES = List.of(
            "m",
            "m_total",
            "m_bucket",
            "m_sum",
            "m_count",
            "m_total_count",
            "_total",
            "other_metric_total",
            "other_metric");
    private static final List<String> WORDS =
            List.of("gauge", "counter", "histogram", "summary", "untyped", "info", "histogram_", "");

    /** A metric's own line goes before that of what it is a part of, the last own one and the first other one count. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void areWhatTheLinesSay(int seed) {
        Random random = new Random(seed);
        MetricNames wanted = MetricNames.of(NAMES);
        MetricTypes types = new MetricTypes(wanted);
        for (int round = 0; round < 3_000; round++) {
            Map<String, MetricType> expected = new HashMap<>();
            types.clear();
            for (int line = random.nextInt(12); line > 0; line--) {
                String name = NAMES.get(random.nextInt(NAMES.size())) + (random.nextInt(8) == 0 ? "{x" : "");
                String word = WORDS.get(random.nextInt(WORDS.size()));
                byte[] bytes = ("# TYPE " + name + (random.nextBoolean() ? " " : " \t ") + word).getBytes(UTF_8);
                types.read(bytes, 0, bytes.length);
                if (NAMES.contains(name) && word.length() <= 9) {
                    tell(expected, name, MetricType.of(word));
                }
            }
            for (String name : NAMES) {
                assertThat(types.of(name)).as(name).isEqualTo(expected.getOrDefault(name, MetricType.UNKNOWN));
            }
        }
    }

    private static void tell(Map<String, MetricType> expected, String name, MetricType type) {
        expected.put(name, type);
        if (type != MetricType.GAUGE) {
            for (String part : List.of("_total", "_bucket", "_sum", "_count")) {
                expected.putIfAbsent(name + part, type);
            }
        }
    }
}
