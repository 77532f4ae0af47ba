package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodMappingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String MADE = "2026-01-01T11:00:00Z";

    /** A running pod, made at 11:00:00, scheduled a second later, whose container started at 11:00:10. */
    private static PodBuilder running(String ready, String since) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("nim-0")
                .withUid("uid-0")
                .withCreationTimestamp(MADE)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-a")
                .addNewContainer()
                .withName("nim")
                .addNewPort()
                .withName("http")
                .withContainerPort(8000)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("10.0.0.1")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("True")
                .withLastTransitionTime("2026-01-01T11:00:01Z")
                .endCondition()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withLastTransitionTime(since)
                .endCondition()
                .addNewContainerStatus()
                .withName("nim")
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-01-01T11:00:10Z")
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    @Test
    void readyPodIsReadySinceItsCondition() {
        var pod = PodMapping.map(running("True", "2026-01-01T11:05:00Z").build(), NOW);
        assertThat(pod.ready()).isTrue();
        assertThat(pod.startup().everReady()).isTrue();
        assertThat(pod.startup().readySince()).hasValue(Instant.parse("2026-01-01T11:05:00Z"));
        assertThat(pod.address()).hasValue("10.0.0.1");
        assertThat(pod.access().node()).hasValue("node-a");
        assertThat(pod.access().namedPorts()).isEqualTo(Map.of("http", 8000));
        assertThat(pod.startup().since()).isEqualTo(Instant.parse("2026-01-01T11:00:01Z"));
    }

    @Test
    void podThatIsNotReadySinceBeforeItsContainerStartedWasNeverReady() {
        var pod = PodMapping.map(running("False", "2026-01-01T11:00:01Z").build(), NOW);
        assertThat(pod.ready()).isFalse();
        assertThat(pod.startup().everReady()).isFalse();
    }

    @Test
    void podThatTurnedUnreadyAfterItsContainerStartedHasBeenReady() {
        var pod = PodMapping.map(running("False", "2026-01-01T11:40:00Z").build(), NOW);
        assertThat(pod.ready()).isFalse();
        assertThat(pod.startup().everReady()).isTrue();
    }

    @Test
    void podThatFailsItsProbeDoesNotRestart() {
        var pod = PodMapping.map(running("False", "2026-01-01T11:40:00Z").build(), NOW);
        assertThat(pod.startup().restarting()).isFalse();
    }

    @Test
    void podWhoseContainerWasStartedSinceItWasReadyRestarts() {
        Pod restarted = running("False", "2026-01-01T11:40:00Z")
                .editStatus()
                .editFirstContainerStatus()
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-01-01T11:40:00Z")
                .endRunning()
                .endState()
                .withNewLastState()
                .withNewTerminated()
                .withStartedAt("2026-01-01T11:00:10Z")
                .endTerminated()
                .endLastState()
                .endContainerStatus()
                .endStatus()
                .build();
        assertThat(PodMapping.map(restarted, NOW).startup().everReady()).isTrue();
        assertThat(PodMapping.map(restarted, NOW).startup().restarting()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "unknown", textBlock = """
            exitCode: 137, reason: OOMKilled | exit code 137 (OOMKilled)
            exitCode: 1, reason: Error       | exit code 1
            exitCode: 0, reason: Completed   | exit code 0 (Completed)
            """)
    void podThatRestartsSaysHowItsLastRunEnded(String terminated, String expected) {
        assertThat(lastRun("False", "terminated: {startedAt: \"2026-01-01T11:00:10Z\", " + terminated + "}"))
                .hasValue(expected);
    }

    @Test
    void lastRunIsToldOfPodsThatRestartAlone() {
        assertThat(lastRun("False", "")).isEmpty();
        assertThat(lastRun("True", "terminated: {exitCode: 137, reason: OOMKilled}"))
                .isEmpty();
    }

    private static Optional<String> lastRun(String ready, String lastState) {
        Pod whole = Serialization.unmarshal("""
                metadata: {name: llm-1, namespace: ns, uid: u, creationTimestamp: "2026-01-01T11:00:00Z"}
                spec: {containers: [{name: nim}]}
                status:
                  phase: Running
                  conditions: [{type: Ready, status: "%s", lastTransitionTime: "2026-01-01T11:40:00Z"}]
                  containerStatuses:
                    - name: nim
                      state: {running: {startedAt: "2026-01-01T11:40:00Z"}}
                      lastState: {%s}
                """.formatted(ready, lastState), Pod.class);
        SlimPods store = new SlimPods();
        store.put("key", whole);
        return PodMapping.map(store.get("key"), NOW).startup().lastRun();
    }

    @Test
    void readyPodDoesNotRestart() {
        var pod = PodMapping.map(running("True", "2026-01-01T11:00:01Z").build(), NOW);
        assertThat(pod.startup().restarting()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Unschedulable", "SchedulingGated", "SchedulerError"})
    void podThatNoNodeHasTakenIsUnschedulableWhateverTheReason(String reason) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("nim-1")
                .withUid("uid-1")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason(reason)
                .endCondition()
                .endStatus()
                .build();
        assertThat(PodMapping.map(pod, NOW).startup().unschedulable()).isTrue();
    }

    @Test
    void unschedulablePodIsStartingSinceItWasMade() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("nim-1")
                .withUid("uid-1")
                .withCreationTimestamp(MADE)
                .endMetadata()
                .withNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .endCondition()
                .endStatus()
                .build();
        var mapped = PodMapping.map(pod, NOW);
        assertThat(mapped.startup().unschedulable()).isTrue();
        assertThat(mapped.startup().since()).isEqualTo(Instant.parse(MADE));
        assertThat(mapped.address()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Succeeded", "Failed"})
    void finishedPodDoesNotCount(String phase) {
        Pod pod =
                running("False", MADE).editStatus().withPhase(phase).endStatus().build();
        assertThat(PodMapping.counts(pod)).isFalse();
    }

    @Test
    void terminatingPodDoesNotCount() {
        Pod pod = running("True", MADE)
                .editMetadata()
                .withDeletionTimestamp(MADE)
                .endMetadata()
                .build();
        assertThat(PodMapping.counts(pod)).isFalse();
    }

    @Test
    void podWithoutAnyStatusIsStarting() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("nim-2")
                .withUid("uid-2")
                .endMetadata()
                .build();
        assertThat(PodMapping.counts(pod)).isTrue();
        assertThat(PodMapping.map(pod, NOW).startup().since()).isEqualTo(NOW);
    }

    @Test
    void whatItsRequestsGetWhenItIsDeletedIsItsGracePeriodAndWhetherAContainerHasAPreStopHook() {
        Pod plain = running("True", MADE).build();
        assertThat(PodMapping.map(plain, NOW).drain()).isEmpty();
        plain.getSpec().setTerminationGracePeriodSeconds(30L);
        assertThat(PodMapping.map(plain, NOW).drain()).contains(new io.nimscaler.scaler.Pod.Drain(30, false));

        Pod sidecar = new PodBuilder(plain)
                .editSpec()
                .addNewInitContainer()
                .withName("proxy")
                .withRestartPolicy("Always")
                .withNewLifecycle()
                .withNewPreStop()
                .withNewSleep(15L)
                .endPreStop()
                .endLifecycle()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(PodMapping.map(sidecar, NOW).drain()).contains(new io.nimscaler.scaler.Pod.Drain(30, true));
    }
}
