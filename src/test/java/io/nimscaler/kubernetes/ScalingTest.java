package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a ScaledObject's replicas and HPA. */
class ScalingTest {

    private static Scaling read(String annotations, String spec) {
        String yaml = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
                + "metadata: {name: llm, namespace: ns, uid: u, annotations: {" + annotations + "}}\n"
                + "spec: {scaleTargetRef: {name: llm}, " + spec + "}";
        return ScaledObject.of(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .scaling();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|                                                   | 100 | 100 | PT15S",
                "| maxReplicaCount: 10                               | 10  | 10  | PT15S",
                "| 'maxReplicaCount: 10, fallback: {replicas: 3}'    | 10  | 3   | PT15S",
                "| 'maxReplicaCount: 10, fallback: {replicas: 30}'   | 10  | 10  | PT15S",
                "| 'maxReplicaCount: ten'                            | 100 | 100 | PT15S",
                "'autoscaling.keda.sh/paused: \"true\"'          |   | 100 | 0   |",
                "'autoscaling.keda.sh/paused: \"false\"'         |   | 100 | 100 | PT15S",
                "'autoscaling.keda.sh/paused-replicas: \"1\"'    |   | 100 | 0   |",
                "'autoscaling.keda.sh/paused-scale-out: \"true\"'|   | 100 | 0   |",
                "| 'pollingInterval: 60, triggers: [{type: external, useCachedMetrics: true}]'  | 100 | 0 | PT15S",
                "| 'pollingInterval: 30, triggers: [{type: external, useCachedMetrics: true}]'  | 100 | 100 | PT15S",
                "| 'pollingInterval: 60, triggers: [{type: external, useCachedMetrics: false}]' | 100 | 100 | PT15S",
                "| 'advanced: {scalingModifiers: {formula: a + b, target: \"1\"}}' | 100 | 0 |",
                "| 'advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {stabilizationWindowSeconds: 60, policies: [{periodSeconds: 5}, {periodSeconds: 120}]}}}}' | 100 | 100 | PT3M",
                "| 'advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {selectPolicy: Disabled}}}}' | 100 | 100 |",
                "| 'advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {stabilizationWindowSeconds: 99999999, policies: [{periodSeconds: -1}, x]}}}}' | 100 | 100 | PT1H15S",
                "| 'advanced: {horizontalPodAutoscalerConfig: {behavior: [x]}}' | 100 | 100 | PT15S"
            })
    void boundsAreThoseThatKedaAndTheHpaKeep(String annotations, String spec, int most, int certain, Duration up) {
        Scaling scaling = read(annotations == null ? "" : annotations, spec == null ? "" : spec);
        assertThat(scaling.bounds().most()).isEqualTo(most);
        assertThat(scaling.bounds().certain()).isEqualTo(certain);
        assertThat(scaling.bounds().upPatience()).isEqualTo(Optional.ofNullable(up));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'autoscaling.keda.sh/paused: \"true\"' | true | autoscaling.keda.sh/paused: the replicas stay as they are",
                "'autoscaling.keda.sh/paused: \"yes\"'  | true | autoscaling.keda.sh/paused: the replicas stay as they are",
                "'autoscaling.keda.sh/paused-replicas: \"3\", autoscaling.keda.sh/paused: \"true\"' | true | paused at 3 replicas",
                "'autoscaling.keda.sh/paused-scale-in: \"true\"' | false | autoscaling.keda.sh/paused-scale-in is set"
            })
    void pauseIsSaid(String annotations, boolean isWhole, String text) {
        assertThat(read(annotations, "").pause()).hasValueSatisfying(pause -> {
            assertThat(pause.isWhole()).isEqualTo(isWhole);
            assertThat(pause.text()).contains(text);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "autoscaling.keda.sh/paused: \"False\"",
                "autoscaling.keda.sh/paused-scale-in: \"0\"",
                "paused: \"true\""
            })
    void whatIsNoPauseIsNotSaid(String annotations) {
        assertThat(read(annotations, "").pause()).isEmpty();
    }

    @Test
    void hpaHasTheNameThatItIsGivenOrKedas() {
        assertThat(read("", "").hpaName()).isEqualTo("keda-hpa-llm");
        assertThat(read("", "advanced: {horizontalPodAutoscalerConfig: {name: mine}}")
                        .hpaName())
                .isEqualTo("mine");
    }

    @Test
    void whatSaysNothingHasTheDefaults() {
        assertThat(read("", "")).isEqualTo(Scaling.ofDefaults("llm"));
    }
}
