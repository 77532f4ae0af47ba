package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class WrittenLabelsTest {

    private final Map<String, String> written = new LinkedHashMap<>();

    WrittenLabelsTest() {
        written.put("le", "0.1");
        written.put("empty", "");
        written.put("a", "b");
    }

    @Test
    void areEqualToAnyMapOfThem() {
        Map<String, String> labels = WrittenLabels.of(written);

        assertThat(labels).isEqualTo(written).hasSameHashCodeAs(written);
        assertThat(written).isEqualTo(labels);
        assertThat(labels).isNotEqualTo(Map.of("le", "0.1", "empty", "", "a", "c"));
        assertThat(labels.keySet()).containsExactly("le", "empty", "a");
        assertThat(WrittenLabels.of(new String[] {"le", "0.1", "empty", "", "a", "b", "left", "over"}, 6))
                .isEqualTo(labels);
    }

    @Test
    void areFoundByName() {
        Map<String, String> labels = WrittenLabels.of(written);

        assertThat(labels.get("a")).isEqualTo("b");
        assertThat(labels.getOrDefault("empty", "x")).isEmpty();
        assertThat(labels.getOrDefault("b", "x")).isEqualTo("x");
        assertThat(labels.containsKey("b")).isFalse();
        assertThat(labels).hasSize(3);
    }

    @Test
    void stayAsTheyAre() {
        Map<String, String> labels = WrittenLabels.of(written);
        written.put("late", "1");

        assertThat(labels).hasSize(3);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> labels.put("a", "c"));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(labels::clear);
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> {
            var entries = labels.entrySet().iterator();
            for (int i = 0; i < 4; i++) {
                entries.next();
            }
        });
        assertThat(WrittenLabels.of(labels)).isSameAs(labels);
        assertThat(WrittenLabels.of(Map.of())).isEmpty();
    }
}
