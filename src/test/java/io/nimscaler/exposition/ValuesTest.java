package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The small values of the room keep what they promise. */
class ValuesTest {

    @Test
    void aSeriesKeepsItsLabelsInOrderAndToItself() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("z", "1");
        labels.put("a", "2");
        SampleLine series = new SampleLine("m", labels, 1, OptionalLong.empty());

        labels.put("late", "3");

        assertThat(series.labels()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> series.labels().put("b", "4"));
    }

    @Test
    void aSeriesHasAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampleLine("", Map.of(), 1, OptionalLong.empty()))
                .withMessage("name is empty, must be a metric name");
    }

    @Test
    void aParsedBodyKeepsItsSeriesToItself() {
        List<SampleLine> series = new ArrayList<>();
        Exposition.Parsed parsed = new Exposition.Parsed(series, 0);

        series.add(new SampleLine("m", Map.of(), 1, OptionalLong.empty()));

        assertThat(parsed.series()).isEmpty();
    }

    @Test
    void wantedNamesAreNotEmpty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricNames.of(List.of("a", "")))
                .withMessage("names = [a, ], must not contain an empty name");
    }

    @Test
    void aWantedNameIsNotCopiedForEachSeries() {
        String name = "vllm:kv_cache_usage_perc";

        List<SampleLine> series = Bodies.series(Bodies.read(name + " 1\n{\"" + name + "\"} 1\n", name, name));

        assertThat(series).hasSize(2).allSatisfy(one -> assertThat(one.name()).isSameAs(name));
    }
}
