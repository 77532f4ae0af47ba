package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShadowMetadataTest {

    private static ParsedTrigger.Valid parse(String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return (ParsedTrigger.Valid) TriggerParser.parse(metadata);
    }

    private static Trigger shadow(String... keysAndValues) {
        return parse(keysAndValues).trigger().shadow().orElseThrow();
    }

    @Test
    void withoutItsKeysThereIsNone() {
        assertThat(parse().trigger().shadow()).isEmpty();
    }

    @Test
    void shadowHasItsOwnValuesAndElseThoseOfTheReportedPolicy() {
        assertThat(shadow("shadow.targetValue", "0.8", "smoothingUp", "9s"))
                .isEqualTo(Triggers.with("targetValue", "0.8", "smoothingUp", "9s"));
        assertThat(shadow("smoothingUp", "9s", "shadow.smoothingUp", "0s"))
                .isEqualTo(Triggers.with("smoothingUp", "0s"));
        assertThat(shadow("shadow.targetValueFromEnv", "0.8")).isEqualTo(Triggers.with("targetValue", "0.8"));
        assertThat(shadow("pollInterval", "10s", "shadow.targetValue", "0.8")
                        .deadlines()
                        .staleAfter())
                .isEqualTo(Triggers.with("pollInterval", "10s").deadlines().staleAfter());
    }

    @Test
    void anotherMetricTakesNothingOverThatIsInTheUnitOfTheFirst() {
        assertThat(shadow(
                        "metric", "time_to_first_token_seconds",
                        "quantile", "0.95",
                        "window", "2m",
                        "activationTargetValue", "3",
                        "smoothingDown", "7s",
                        "shadow.metric", "serving_load",
                        "shadow.targetValue", "0.9"))
                .isEqualTo(Triggers.with("metric", "serving_load", "targetValue", "0.9", "smoothingDown", "7s"));
    }

    static Stream<Map<String, String>> wrong() {
        return Stream.of(
                Map.of("shadow.targetValue", "much"),
                Map.of("shadow.metric", "serving_load"),
                Map.of("shadow.targetValeu", "0.8"),
                Map.of("shadow.enableTLS", "true"),
                Map.of("shadow.", "x"),
                Map.of("shadow.shadow.targetValue", "0.8"),
                Map.of("shadow.quantile", "0.5"),
                Map.of("shadow.targetValue", "0.8", "shadow.targetValueFromEnv", "0.9"),
                Map.of("shadow.targetValue", "0.8", "shadow.port", "9000"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrongShadowIsNoneAndLeavesWhatIsReportedAsItIs(Map<String, String> keys) {
        Map<String, String> metadata = new HashMap<>(keys);
        metadata.put("targetValue", "0.70");
        ParsedTrigger.Valid valid = (ParsedTrigger.Valid) TriggerParser.parse(metadata);
        assertThat(valid.trigger()).isEqualTo(Triggers.with());
        assertThat(valid.warnings())
                .isNotEmpty()
                .allSatisfy(warning -> assertThat(warning).startsWith("shadow.").endsWith("; there is no shadow"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shadow.targetValue | much | shadow.targetValue = \"much\": expected a number from 0.01",
                "shadow.metric | serving_load | shadow.targetValue: expected a number from 0.01",
                "shadow.targetValeu | 1 | did you mean shadow.targetValue?",
                "shadow.port | 9000 | shadow.port: expected a key that a shadow can have of its own"
            })
    void warningNamesKeyValueAndWhatWasExpected(String key, String value, String text) {
        assertThat(parse(key, value).warnings()).singleElement().asString().contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.7x", "", "0"})
    void whatIsWrongWithTheReportedPolicyIsStillAnError(String targetValue) {
        Map<String, String> metadata = Map.of("targetValue", targetValue, "shadow.targetValue", "0.8");
        assertThat(TriggerParser.parse(metadata))
                .isInstanceOfSatisfying(
                        ParsedTrigger.Invalid.class,
                        invalid -> assertThat(invalid.text()).doesNotContain("shadow"));
    }

    @ParameterizedTest
    @EnumSource(TriggerKey.class)
    void shadowNeverAsksOtherPodsOrOtherwise(TriggerKey key) {
        boolean ofTheQuestion = Stream.of(
                        "pollInterval",
                        "port",
                        "path",
                        "scheme",
                        "podSelector",
                        "podAuth",
                        "wakeSource",
                        "wakeModelName",
                        "demandSource",
                        "scaleDown")
                .anyMatch(key.key()::equals);
        assertThat(key.isShadowable()).isNotEqualTo(ofTheQuestion);
    }

    @Test
    void valueOfTheShadowFromTheEnvironmentNeedsIt() {
        assertThat(TriggerParser.needsEnvironment(Map.of("shadow.targetValueFromEnv", "T")))
                .isTrue();
        assertThat(Arrays.stream(TriggerKey.values()).map(TriggerKey::key)).noneMatch(key -> key.startsWith("shadow"));
    }
}
