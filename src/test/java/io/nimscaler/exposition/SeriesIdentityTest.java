package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeriesIdentityTest {

    @Test
    void orderOfLabelsDoesNotMatter() {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("a", "1");
        one.put("b", "2");
        Map<String, String> other = new LinkedHashMap<>();
        other.put("b", "2");
        other.put("a", "1");
        assertThat(SeriesIdentity.of(one)).isEqualTo(SeriesIdentity.of(other));
    }

    @Test
    void anyOtherLabelsAreAnotherSeries() {
        assertThat(Set.of(
                        SeriesIdentity.of(Map.of()),
                        SeriesIdentity.of(Map.of("a", "")),
                        SeriesIdentity.of(Map.of("a", "b")),
                        SeriesIdentity.of(Map.of("ab", "")),
                        SeriesIdentity.of(Map.of("b", "a")),
                        SeriesIdentity.of(Map.of("a", "1", "b", "2")),
                        SeriesIdentity.of(Map.of("a", "2", "b", "1")),
                        SeriesIdentity.of(Map.of("a", "12", "b", ""))))
                .hasSize(8);
    }

    @Test
    void manySeriesThatDifferByLittleAreAllApart() {
        Set<SeriesIdentity> seen = new HashSet<>();
        for (int engine = 0; engine < 300; engine++) {
            for (int rank = 0; rank < 300; rank++) {
                seen.add(SeriesIdentity.of(Map.of("engine", "" + engine, "rank", "" + rank, "model", "llm")));
            }
        }
        assertThat(seen).hasSize(90_000);
    }
}
