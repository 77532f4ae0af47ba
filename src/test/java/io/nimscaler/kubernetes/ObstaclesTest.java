package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.poll.Problem;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod's status says of why it does not run, as a watch keeps it. */
class ObstaclesTest {

    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

    private static Optional<Problem> obstacle(String status) {
        Pod whole = Serialization.unmarshal("""
            metadata: {name: llm-1, namespace: ns, uid: u, creationTimestamp: "2026-01-01T00:00:00Z"}
            spec: {containers: [{name: nim}]}
            status:
              phase: Pending
            """ + status.indent(2), Pod.class);
        SlimPods store = new SlimPods();
        store.put("key", whole);
        return PodMapping.map(store.get("key"), NOW).startup().obstacle();
    }

    private static String container(String state, String lastState) {
        return "containerStatuses: [{name: nim, state: {" + state + "}, lastState: {" + lastState + "}}]";
    }

    static Stream<Arguments> statuses() {
        String oom = "terminated: {exitCode: 137, reason: OOMKilled, message: \"a secret\"}";
        return Stream.of(
                Arguments.of(
                        "conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, message: \"0/3"
                                + " nodes are available: 3 Insufficient nvidia.com/gpu.\"}]",
                        "unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."),
                Arguments.of(
                        "conditions: [{type: PodScheduled, status: \"False\", reason: SchedulingGated, message:"
                                + " \"Scheduling is blocked due to non-empty scheduling gates\"}]",
                        "unschedulable: SchedulingGated: Scheduling is blocked due to non-empty scheduling gates"),
                Arguments.of(
                        "conditions: [{type: PodScheduled, status: \"False\"}]", "unschedulable: no node has taken it"),
                Arguments.of(
                        container(
                                "waiting: {reason: CrashLoopBackOff, message: \"back-off 5m0s restarting failed"
                                        + " container=nim\"}",
                                oom),
                        "not_running: CrashLoopBackOff, exit code 137 (OOMKilled)"),
                Arguments.of(
                        container("waiting: {reason: CrashLoopBackOff}", "terminated: {exitCode: 1, reason: Error}"),
                        "not_running: CrashLoopBackOff, exit code 1"),
                Arguments.of(container("waiting: {reason: ImagePullBackOff}", ""), "not_running: ImagePullBackOff"),
                Arguments.of(
                        container(
                                "waiting: {reason: ErrImagePull, message: 'pull of"
                                        + " https://user:p@w@nvcr.io/nim/llm?sig=a1&x=b2: 403 Forbidden'}",
                                ""),
                        "not_running: ErrImagePull: pull of https://nvcr.io/nim/llm 403 Forbidden"),
                Arguments.of(
                        container(
                                "waiting: {reason: CreateContainerConfigError, message: 'secret \"ngc-api\" not"
                                        + " found'}",
                                ""),
                        "not_running: CreateContainerConfigError: secret \"ngc-api\" not found"),
                Arguments.of(container(oom, ""), "not_running: a container ended with exit code 137 (OOMKilled)"),
                Arguments.of(
                        "initContainerStatuses: [{name: fetch, state: {waiting: {reason: CrashLoopBackOff}}, lastState:"
                                + " {terminated: {exitCode: 3}}}]\n"
                                + container("waiting: {reason: PodInitializing}", ""),
                        "not_running: CrashLoopBackOff, exit code 3"));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void statusSaysWhyThePodDoesNotRun(String status, String expected) {
        assertThat(obstacle(status)).map(Problem::text).hasValue(expected);
    }

    static Stream<String> harmless() {
        return Stream.of(
                "conditions: [{type: PodScheduled, status: \"True\", reason: Odd, message: text}]",
                container("waiting: {reason: ContainerCreating}", ""),
                container("waiting: {}", ""),
                container("running: {startedAt: \"2026-01-01T00:00:02Z\"}", "terminated: {exitCode: 1, reason: Error}"),
                "initContainerStatuses: [{name: fetch, state: {terminated: {exitCode: 0, reason: Completed}}}]",
                "containerStatuses: []");
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void podOnItsWayHasNoObstacle(String status) {
        assertThat(obstacle(status)).isEmpty();
    }

    @Test
    void whatAStatusSaysIsBoundedAndPrintable() {
        String message = "\\u001b[31mred\\n" + "x".repeat(50_000);
        Optional<Problem> problem = obstacle("conditions: [{type: PodScheduled, status: \"False\", reason: \""
                + "y".repeat(5_000) + "\", message: \"" + message + "\"}]");
        assertThat(problem).hasValueSatisfying(told -> {
            assertThat(told.detail()).hasSizeLessThan(2 * Obstacles.LONGEST + 10);
            assertThat(told.detail())
                    .startsWith("yyy")
                    .contains("y…: ?[31mred?xxx")
                    .endsWith("x…");
        });
    }
}
