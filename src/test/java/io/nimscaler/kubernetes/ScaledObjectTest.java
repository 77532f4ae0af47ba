package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaledObjectTest {

    private static ScaledObject read(String specAndStatus) {
        String yaml = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: llm, namespace: ns, uid: u}\n"
                + specAndStatus;
        return ScaledObject.of(Serialization.unmarshal(yaml, GenericKubernetesResource.class));
    }

    @Test
    void deploymentIsKnownBeforeKedaHasResolvedIt() {
        ScaledObject scaledObject = read("spec: {scaleTargetRef: {name: llm}}");
        assertThat(scaledObject.target()).hasValue(new ScaleTarget("ns", "apps", "v1", "deployments", "llm"));
        assertThat(scaledObject.minReplicas()).isZero();
    }

    @Test
    void otherKindIsKnownOnceKedaHasResolvedIt() {
        String spec =
                "spec: {scaleTargetRef: {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: llm}}\n";
        String status =
                "status: {scaleTargetGVKR: {group: leaderworkerset.x-k8s.io, version: v1, kind: LeaderWorkerSet, resource: leaderworkersets}}";
        assertThat(read(spec).target()).isEmpty();
        assertThat(read(spec + status).target())
                .hasValue(new ScaleTarget("ns", "leaderworkerset.x-k8s.io", "v1", "leaderworkersets", "llm"));
    }

    @Test
    void resolutionOfAnEarlierKindIsNotUsed() {
        String yaml = "spec: {scaleTargetRef: {kind: StatefulSet, name: llm}}\n"
                + "status: {scaleTargetGVKR: {group: apps, version: v1, kind: Deployment, resource: deployments}}";
        assertThat(read(yaml).target().orElseThrow().resource()).isEqualTo("statefulsets");
    }

    @Test
    void triggersKeepTheirMetadataAsTextWhateverYamlMakesOfIt() {
        ScaledObject scaledObject = read(
                "spec: {triggers: [{type: external, metricType: Value, metadata: {targetValue: 0.7, port: 8000}}, {type: cron}]}");
        assertThat(scaledObject.triggers()).hasSize(2);
        assertThat(scaledObject.triggers().getFirst().metadata())
                .containsEntry("targetValue", "0.7")
                .containsEntry("port", "8000");
        assertThat(scaledObject.triggers().getFirst().metricType()).isEqualTo("Value");
        assertThat(scaledObject.triggers().getLast().metricType()).isEqualTo("AverageValue");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{formula: kv, target: '0.7'} | AverageValue",
                "{formula: kv, target: '0.7', metricType: Value} | Value",
                "{} | Value"
            })
    void underAFormulaTheHpaComparesWhatTheFormulaSays(String modifiers, String metricType) {
        ScaledObject scaledObject =
                read("spec: {triggers: [{type: external, metricType: Value}], advanced: {scalingModifiers: " + modifiers
                        + "}}");
        assertThat(scaledObject.triggers().getFirst().metricType()).isEqualTo(metricType);
    }

    @ParameterizedTest
    @CsvSource({
        "external, keda-nim-scaler.keda-nim-scaler:9090, true",
        "external-push, keda-nim-scaler:9090, true",
        "external, KEDA-NIM-SCALER.ns.svc.cluster.local:9090, true",
        "external, dns:///keda-nim-scaler.ns:9090, true",
        "external, dns:keda-nim-scaler.ns.svc:9090, true",
        "external, DNS:keda-nim-scaler.ns.svc:9090, true",
        "external, dns://10.96.0.10/keda-nim-scaler.ns.svc:9090, true",
        "external, dns://10.96.0.10:53/keda-nim-scaler.ns.svc:9090, true",
        "external, dns://keda-nim-scaler.ns:53/other:9090, false",
        "external, passthrough:///keda-nim-scaler.ns:9090, true",
        "external, passthrough:keda-nim-scaler.ns:9090, true",
        "external, http://keda-nim-scaler.ns:9090, true",
        "external, dns:other:9090, false",
        "external, unix:keda-nim-scaler, false",
        "external, other.keda-nim-scaler:9090, false",
        "external, keda-nim-scaler-2.ns:9090, false",
        "prometheus, keda-nim-scaler:9090, false",
        "external, '', false"
    })
    void triggerIsOursByTheFirstLabelOfItsHost(String type, String address, boolean ours) {
        ScaledObject scaledObject =
                read("spec: {triggers: [{type: " + type + ", metadata: {scalerAddress: '" + address + "'}}]}");
        assertThat(scaledObject.triggers().getFirst().isFor(List.of("keda-nim-scaler")))
                .isEqualTo(ours);
    }

    /** KEDA's schema takes any text as the name of a scale target. */
    @Test
    void namesOfAScaleTargetAreBoundedAndOneLineWhereTheyEnter() {
        String forged = "x\\n2026-11-30T21:05:00.000Z ERROR [KubernetesPods] forged \\e[31m\\u202e";
        for (String text : List.of(forged, "x".repeat(500_000))) {
            ScaleTarget ofName = target("spec: {scaleTargetRef: {name: \"" + text + "\"}}");
            ScaleTarget ofResource = target("spec: {scaleTargetRef: {name: a, kind: K}}\nstatus:\n  scaleTargetGVKR:"
                    + " {group: \"" + text + "\", version: \"" + text + "\", kind: K, resource: \"" + text + "\"}");
            for (ScaleTarget target : List.of(ofName, ofResource)) {
                assertThat(target.isWellFormed()).isFalse();
                assertThat(target.toString())
                        .hasSizeLessThan(600)
                        .doesNotContain("\n", "\u001b", "\u202e")
                        .containsAnyOf("?", "…");
            }
        }
    }

    private static ScaleTarget target(String yaml) {
        return read(yaml).target().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"spec: 7", "spec: {triggers: 7}", "spec: {triggers: [7]}", "status: {}"})
    void shapeThatIsNotKedasReadsAsAbsent(String yaml) {
        assertThat(read(yaml).triggers())
                .allSatisfy(trigger -> assertThat(trigger.isExternal()).isFalse());
    }
}
