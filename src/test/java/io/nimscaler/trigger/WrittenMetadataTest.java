package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which calls KEDA can make of what a ScaledObject says. */
class WrittenMetadataTest {

    private static final Map<String, String> SCALED_OBJECTS = Map.of(
            "scalerAddress", "keda-nim-scaler.nim:9090",
            "port", "metrics",
            "targetValueFromEnv", "TARGET",
            "shadow.targetValueFromEnv", "OTHER");

    private static boolean mayCome(Map<String, String> call) {
        return WrittenMetadata.of(call).mayComeOf(WrittenMetadata.of(SCALED_OBJECTS));
    }

    private static Map<String, String> kedasWith(String key, String value) {
        Map<String, String> call = new HashMap<>(SCALED_OBJECTS);
        call.put("targetValueFromEnv", "0.7");
        call.put("shadow.targetValueFromEnv", "0.8");
        if (value.equals("-")) {
            call.remove(key);
        } else {
            call.put(key, value);
        }
        return call;
    }

    @ParameterizedTest
    @CsvSource({
        // As it is, and whatever the environment says, or does not
        "port, metrics, true",
        "port, ' metrics ', true",
        "targetValueFromEnv, 0.1, true",
        "targetValueFromEnv, -, true",
        "shadow.targetValueFromEnv, -, true",
        // KEDA's own keys say how it calls us; those of a TriggerAuthentication may come along one day
        "scalerAddress, other:9090, true",
        "scalerAddress, -, true",
        "caCert, PEM, true",
        "tlsClientKeyFromEnv, PEM, true",
        // Another trigger
        "port, 9999, false",
        "port, -, false",
        "portFromEnv, 9999, false",
        "path, /secret, false",
        "targetValue, 0.7, false",
        "shadow.metric, x, false",
        "shadow.metricFromEnv, x, false",
        "Port, metrics, false"
    })
    void callAgreesWhereKedaCanMakeItOfTheScaledObject(String key, String value, boolean agrees) {
        assertThat(mayCome(kedasWith(key, value))).isEqualTo(agrees);
    }

    @Test
    void nothingIsNoTriggerThatSaysSomething() {
        assertThat(mayCome(Map.of())).isFalse();
    }
}
