package io.nimscaler.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelMatcherTest {

    @ParameterizedTest
    @CsvSource({
        "priority=0, 0, true",
        "priority=0, 1, false",
        "priority!=-10, -10, false",
        "priority!=-10, 0, true",
        "priority=, '', true",
        "priority=a=b, a=b, true",
    })
    void matchesByEquality(String text, String value, boolean matches) {
        LabelMatcher matcher = LabelMatcher.of(text).orElseThrow();
        assertThat(matcher.matches(Map.of("priority", value))).isEqualTo(matches);
        assertThat(matcher).hasToString(text);
    }

    @Test
    void aLabelThatIsNotThereIsEmpty() {
        assertThat(LabelMatcher.of("priority!=-10").orElseThrow().matches(Map.of()))
                .isTrue();
        assertThat(LabelMatcher.of("priority=0").orElseThrow().matches(Map.of()))
                .isFalse();
        assertThat(LabelMatcher.of("priority=").orElseThrow().matches(Map.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "priority", "=0", "0=a", "a-b=c", "a=b,c=d", "a=\n", "a~=b", "a>1"})
    void anythingElseIsNone(String text) {
        assertThat(LabelMatcher.of(text)).isEmpty();
    }
}
