package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaledObjectLinesTest {

    @Test
    void whatIsTheTriggersHasAShadowAndWhatIsTheSpecsHasNone() {
        ScaledObjectLines lines = ScaledObjectLines.of(
                Map.of("targetValue", "0.6", "smoothingUp", "0s", "minReplicaCount", "2", "maxReplicaCount", "9"));

        assertThat(lines.reported()).isEqualTo("""
                maxReplicaCount: 9
                minReplicaCount: 2
                triggers:
                  - metadata:
                      smoothingUp: "0s"
                      targetValue: "0.6"
                """);
        assertThat(lines.shadow()).isEqualTo("""
                triggers:
                  - metadata:
                      shadow.smoothingUp: "0s"
                      shadow.targetValue: "0.6"
                # maxReplicaCount: 9 has no shadow: it is not the trigger's
                # minReplicaCount: 2 has no shadow: it is not the trigger's
                """);
    }

    @Test
    void valueStaysWithinItsQuotes() {
        assertThat(ScaledObjectLines.of(Map.of("modelName", "a\"b\\c")).reported())
                .endsWith("""
                      modelName: "a\\"b\\\\c"
                """);
    }

    @Test
    void whatOnlyAQuestionHasIsNoLine() {
        assertThat(ScaledObjectLines.of(Map.of(
                        "pricePerReplicaHour", "2", "startUp", "90s", "scaleDown.stabilizationWindowSeconds", "60")))
                .isEqualTo(new ScaledObjectLines("", ""));
    }
}
