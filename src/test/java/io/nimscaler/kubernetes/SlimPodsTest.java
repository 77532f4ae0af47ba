package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlimPodsTest {

    private static final String POD = """
            metadata:
              {name: llm-1, namespace: ns, uid: u, labels: {app: llm}, annotations: {note: "anything of any length", controller.kubernetes.io/pod-deletion-cost: "7"}, creationTimestamp: "2026-01-01T00:00:00Z",
               managedFields: [{manager: kubelet, operation: Update, fieldsV1: {"f:status": {}}}]}
            spec:
              hostNetwork: true
              terminationGracePeriodSeconds: 45
              volumes: [{name: models, emptyDir: {}}]
              initContainers: [{name: fetch, command: [fetch]}]
              containers:
              - name: nim
                command: [sh, -c]
                args: ["vllm serve m --max-num-seqs 96 --api-key secret"]
                env: [{name: NGC_API_KEY, value: secret}]
                ports: [{name: metrics, containerPort: 8002}]
                lifecycle: {preStop: {exec: {command: [drain, secret]}}, postStart: {exec: {command: [secret]}}}
                readinessProbe: {httpGet: {path: /v1/health/ready, port: 8000}}
            status:
              phase: Running
              podIP: 10.0.0.1
              hostIP: 10.0.0.1
              conditions:
              - {type: PodScheduled, status: "True", lastTransitionTime: "2026-01-01T00:00:01Z"}
              - {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:05:00Z"}
              - {type: Initialized, status: "True", message: "long text"}
              containerStatuses:
              - {name: nim, image: nim-image, state: {running: {startedAt: "2026-01-01T00:00:02Z"}},
                 lastState: {terminated: {startedAt: "2026-01-01T00:00:01Z", message: "out of memory"}}}
            """;

    private static final String NOT_READY = """
            metadata: {name: llm-2, namespace: ns, uid: v, creationTimestamp: "2026-01-01T00:00:00Z", deletionTimestamp: "2026-01-01T01:00:00Z"}
            spec: {nodeName: node-1, containers: [{name: nim}]}
            status:
              phase: Running
              podIP: 10.0.0.2
              conditions:
              - {type: PodScheduled, status: "False", lastTransitionTime: "2026-01-01T00:00:01Z"}
              - {type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:05:00Z"}
              containerStatuses:
              - {name: nim, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {startedAt: "2026-01-01T00:00:02Z"}}}
            """;

    private static final String PENDING = "metadata: {name: llm-3, namespace: ns, uid: w}";

    @ParameterizedTest
    @ValueSource(strings = {POD, NOT_READY, PENDING})
    void readsAsTheWholePodDoes(String yaml) {
        Pod whole = Serialization.unmarshal(yaml, Pod.class);
        SlimPods store = new SlimPods();
        store.put("key", Serialization.unmarshal(yaml, Pod.class));
        Pod kept = store.get("key");
        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(PodMapping.map(kept, now)).isEqualTo(PodMapping.map(whole, now));
        assertThat(PodMapping.counts(kept)).isEqualTo(PodMapping.counts(whole));
        assertThat(PodMapping.isReady(kept)).isEqualTo(PodMapping.isReady(whole));
        assertThat(new Confinement(false, false).refusal(kept)).isEqualTo(new Confinement(false, false).refusal(whole));
    }

    /** An author may write 1.5 MB of them. */
    @Test
    void ofContainersAndPortsSoManyAreKept() {
        String ports = "{name: p, containerPort: 1},".repeat(500);
        String containers = ("{name: c, ports: [" + ports + "]},").repeat(200);
        Pod pod = Serialization.unmarshal("metadata: {name: a}\nspec: {containers: [" + containers + "]}", Pod.class);
        SlimPods store = new SlimPods();
        store.put("key", pod);
        Pod kept = store.get("key");
        assertThat(kept.getSpec().getContainers()).hasSize(SlimPods.MOST_EACH);
        assertThat(kept.getSpec().getContainers().getFirst().getPorts()).hasSize(SlimPods.MOST_EACH);
    }

    @Test
    void whatIsReadOfAPodIsKeptAndTheRestIsNot() {
        Pod whole = Serialization.unmarshal(POD, Pod.class);
        SlimPods store = new SlimPods();
        assertThat(store.put("ns/llm-1", Serialization.unmarshal(POD, Pod.class)))
                .isNull();
        Pod kept = store.get("ns/llm-1");

        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(PodMapping.map(kept, now)).isEqualTo(PodMapping.map(whole, now));
        assertThat(PodMapping.map(kept, now).maxRunning()).hasValue(96);
        assertThat(PodMapping.map(kept, now).drain()).contains(new io.nimscaler.scaler.Pod.Drain(45, true));
        assertThat(kept.getMetadata().getAnnotations())
                .as("whose value must not be written over")
                .containsExactly(Map.entry("controller.kubernetes.io/pod-deletion-cost", "7"));
        Confinement confinement = new Confinement(false, false);
        assertThat(confinement.refusal(kept)).isPresent().isEqualTo(confinement.refusal(whole));
        assertThat(Serialization.asYaml(kept))
                .doesNotContain(
                        "secret",
                        "fieldsV1",
                        "emptyDir",
                        "fetch]",
                        "readinessProbe",
                        "anything",
                        "long text",
                        "memory");
        assertThat(Serialization.asJson(kept)).hasSizeLessThan(1_000);
    }
}
