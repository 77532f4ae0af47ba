package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlimPodsTest {

    private static final String POD = """
            metadata:
              {name: llm-1, namespace: ns, uid: u, labels: {app: llm}, creationTimestamp: "2026-01-01T00:00:00Z",
               managedFields: [{manager: kubelet, operation: Update, fieldsV1: {"f:status": {}}}]}
            spec:
              hostNetwork: true
              volumes: [{name: models, emptyDir: {}}]
              initContainers: [{name: fetch, command: [fetch]}]
              containers:
              - name: nim
                env: [{name: NGC_API_KEY, value: secret}]
                ports: [{name: metrics, containerPort: 8002}]
                readinessProbe: {httpGet: {path: /v1/health/ready, port: 8000}}
            status:
              phase: Running
              podIP: 10.0.0.1
              hostIP: 10.0.0.1
              conditions:
              - {type: PodScheduled, status: "True", lastTransitionTime: "2026-01-01T00:00:01Z"}
              - {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:05:00Z"}
              containerStatuses: [{name: nim, state: {running: {startedAt: "2026-01-01T00:00:02Z"}}}]
            """;

    @Test
    void whatIsReadOfAPodIsKeptAndTheRestIsNot() {
        Pod whole = Serialization.unmarshal(POD, Pod.class);
        SlimPods store = new SlimPods();
        assertThat(store.put("ns/llm-1", Serialization.unmarshal(POD, Pod.class)))
                .isNull();
        Pod kept = store.get("ns/llm-1");

        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(PodMapping.map(kept, now)).isEqualTo(PodMapping.map(whole, now));
        Confinement confinement = new Confinement(false, false);
        assertThat(confinement.refusal(kept)).isPresent().isEqualTo(confinement.refusal(whole));
        assertThat(Serialization.asYaml(kept))
                .doesNotContain("secret", "fieldsV1", "emptyDir", "fetch]", "readinessProbe");
        assertThat(kept.getMetadata().getLabels()).containsEntry("app", "llm");
    }
}
