package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsedTriggersTest {

    private final ParsedTriggers triggers = new ParsedTriggers();

    @Test
    void whatIsSaidAgainIsNotParsedAgain() {
        ParsedTrigger first = triggers.parse(metadata("0.70"));

        assertThat(triggers.parse(metadata("0.70"))).isSameAs(first);
    }

    @Test
    void theOrderInWhichItIsSaidDoesNotMatter() {
        Map<String, String> other = new LinkedHashMap<>();
        other.put("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090");
        other.put("pollInterval", "5s");
        other.put("targetValue", "0.70");

        assertThat(triggers.parse(other)).isSameAs(triggers.parse(metadata("0.70")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.70", "0.700", "0.71", " 0.70", "", "70"})
    void isWhatTheParserSays(String targetValue) {
        for (int i = 0; i < 3; i++) {
            triggers.parse(metadata("0.70"));

            assertThat(triggers.parse(metadata(targetValue))).isEqualTo(TriggerParser.parse(metadata(targetValue)));
        }
    }

    @Test
    void oneValueMoreIsAnotherTrigger() {
        triggers.parse(metadata("0.70"));
        Map<String, String> more = new HashMap<>(metadata("0.70"));
        more.put("tolerance", "0.2");

        assertThat(triggers.parse(more)).isEqualTo(TriggerParser.parse(more));
    }

    @Test
    void aCallersMapMayChangeAfterwards() {
        Map<String, String> metadata = new HashMap<>(metadata("0.70"));
        triggers.parse(metadata);
        metadata.put("targetValue", "0.50");

        assertThat(triggers.parse(metadata)).isEqualTo(TriggerParser.parse(metadata("0.50")));
        assertThat(triggers.parse(metadata("0.70"))).isEqualTo(TriggerParser.parse(metadata("0.70")));
    }

    @Test
    void nothingIsKeptOfWhatIsWrong() {
        triggers.parse(metadata("much"));

        assertThat(triggers.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tlsClientKey", "tlsClientCert", "caCert", "tlsClientKeyFromEnv", "shadow.tlsClientKey"})
    void nothingIsKeptWhereTheKeyOfACertificateMayBe(String key) {
        Map<String, String> metadata = new HashMap<>(metadata("0.70"));
        metadata.put(key, "-----BEGIN PRIVATE KEY-----");

        assertThat(triggers.parse(metadata)).isEqualTo(TriggerParser.parse(metadata));
        assertThat(triggers.size()).isZero();
    }

    @Test
    void whoeverMakesUpMetadataFillsNoMemory() {
        for (int i = 0; i < 3 * ParsedTriggers.MOST; i++) {
            triggers.parse(metadata("0.70", "model-" + i));
        }

        assertThat(triggers.size()).isBetween(ParsedTriggers.MOST, 2 * ParsedTriggers.MOST);
    }

    @Test
    void longMetadataAreBoundedByTheirLength() {
        String address = "a".repeat(1_000);
        for (int i = 0; i < 2 * ParsedTriggers.MOST; i++) {
            Map<String, String> metadata = new HashMap<>(metadata("0.70", "model-" + i));
            metadata.put("scalerAddress", address);
            triggers.parse(metadata);
        }

        assertThat(triggers.size()).isLessThan(2 * ParsedTriggers.MOST_CHARACTERS / 1_000 + 2);
    }

    @Test
    void whatIsSaidOftenStaysWhateverElseIsSaid() {
        ParsedTrigger often = triggers.parse(metadata("0.70"));
        for (int i = 0; i < 3 * ParsedTriggers.MOST; i++) {
            triggers.parse(metadata("0.70", "model-" + i));

            assertThat(triggers.parse(metadata("0.70"))).isSameAs(often);
        }
    }

    private static Map<String, String> metadata(String targetValue) {
        return Map.of(
                "targetValue",
                targetValue,
                "pollInterval",
                "5s",
                "scalerAddress",
                "keda-nim-scaler.keda-nim-scaler:9090");
    }

    private static Map<String, String> metadata(String targetValue, String modelName) {
        Map<String, String> metadata = new HashMap<>(metadata(targetValue));
        metadata.put("modelName", modelName);
        return metadata;
    }
}
