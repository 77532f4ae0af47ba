package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.nimscaler.scaler.Pod;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps a pod of Kubernetes to a pod of the core. */
final class PodMapping {

    private PodMapping() {}

    /** Finished and terminating pods count in none of our states. */
    static boolean counts(io.fabric8.kubernetes.api.model.Pod pod) {
        String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return pod.getMetadata().getDeletionTimestamp() == null
                && !"Succeeded".equals(phase)
                && !"Failed".equals(phase);
    }

    /** Running, and ready. */
    static boolean isReady(io.fabric8.kubernetes.api.model.Pod pod) {
        return pod.getStatus() != null
                && "Running".equals(pod.getStatus().getPhase())
                && condition(pod.getStatus(), "Ready")
                        .filter(PodMapping::isTrue)
                        .isPresent();
    }

    static Pod map(io.fabric8.kubernetes.api.model.Pod pod, Instant now) {
        PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        Optional<PodCondition> ready = condition(status, "Ready");
        Optional<PodCondition> scheduled = condition(status, "PodScheduled");
        boolean isReady = isReady(pod);
        Instant made = time(pod.getMetadata().getCreationTimestamp()).orElse(now);
        Optional<Instant> readySince =
                isReady ? Optional.of(ready.flatMap(PodMapping::since).orElse(now)) : Optional.empty();
        Optional<String> node =
                Optional.ofNullable(pod.getSpec()).map(PodSpec::getNodeName).filter(name -> !name.isEmpty());
        Instant since =
                scheduled.filter(PodMapping::isTrue).flatMap(PodMapping::since).orElse(made);
        boolean restarting = !isReady && isRestarting(status, ready);
        // Whatever the reason: no room, no quota (SchedulingGated), a scheduler that fails
        boolean unschedulable =
                scheduled.filter(condition -> !isTrue(condition)).isPresent();
        return new Pod(
                        pod.getMetadata().getUid(),
                        pod.getMetadata().getName(),
                        Pod.Access.at(
                                Optional.ofNullable(status.getPodIP()).filter(address -> !address.isEmpty()),
                                namedPorts(pod)),
                        new Pod.Startup(
                                since,
                                unschedulable,
                                readySince,
                                isReady || wasReady(status, ready),
                                restarting,
                                restarting ? Obstacles.lastRun(status) : Optional.empty(),
                                isReady ? Optional.empty() : Obstacles.of(status)))
                .on(node)
                .worksOnAtMost(pod.getSpec() == null ? OptionalInt.empty() : MaxRunning.of(pod.getSpec()))
                .drainsBy(Optional.ofNullable(pod.getSpec()).flatMap(PodMapping::drain));
    }

    private static Optional<Pod.Drain> drain(PodSpec spec) {
        return Optional.ofNullable(spec.getTerminationGracePeriodSeconds())
                .map(seconds -> new Pod.Drain(seconds, containers(spec).anyMatch(PodMapping::hasPreStop)));
    }

    /** Of those that run beside the engine an init container may be one, too. */
    private static Stream<Container> containers(PodSpec spec) {
        return Stream.of(spec.getContainers(), spec.getInitContainers())
                .filter(Objects::nonNull)
                .flatMap(List::stream);
    }

    static boolean hasPreStop(Container container) {
        return container.getLifecycle() != null && container.getLifecycle().getPreStop() != null;
    }

    /** Of one that is not ready: whether a container was started since it ceased to be, rather than failing its probe. */
    private static boolean isRestarting(PodStatus status, Optional<PodCondition> ready) {
        Optional<Instant> turned = ready.flatMap(PodMapping::since);
        return turned.isPresent()
                && containers(status)
                        .flatMap(container -> running(container).stream())
                        .anyMatch(started -> !started.isBefore(turned.get()));
    }

    /**
     * Kubernetes does not say whether a pod that is not ready has ever been. But Ready is false from before its first
     * container starts, and turns again only after having been true: a transition later than a start tells of one.
     */
    private static boolean wasReady(PodStatus status, Optional<PodCondition> ready) {
        Optional<Instant> turned = ready.filter(condition -> !isTrue(condition)).flatMap(PodMapping::since);
        Optional<Instant> firstStart =
                containers(status).flatMap(PodMapping::starts).min(Instant::compareTo);
        return turned.isPresent() && firstStart.isPresent() && turned.get().isAfter(firstStart.get());
    }

    private static Stream<ContainerStatus> containers(PodStatus status) {
        return status.getContainerStatuses() == null ? Stream.of() : status.getContainerStatuses().stream();
    }

    private static Stream<Instant> starts(ContainerStatus container) {
        return Stream.of(
                        running(container),
                        Optional.ofNullable(container.getLastState())
                                .map(state -> state.getTerminated())
                                .flatMap(terminated -> time(terminated.getStartedAt())))
                .flatMap(Optional::stream);
    }

    private static Optional<Instant> running(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .map(state -> state.getRunning())
                .flatMap(running -> time(running.getStartedAt()));
    }

    private static Map<String, Integer> namedPorts(io.fabric8.kubernetes.api.model.Pod pod) {
        Map<String, Integer> ports = new HashMap<>();
        if (pod.getSpec() != null) {
            Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                    .flatMap(container ->
                            container.getPorts() == null ? Stream.<ContainerPort>of() : container.getPorts().stream())
                    .filter(port -> port.getName() != null && port.getContainerPort() != null)
                    .forEach(port -> ports.putIfAbsent(port.getName(), port.getContainerPort()));
        }
        return ports;
    }

    private static Optional<PodCondition> condition(PodStatus status, String type) {
        List<PodCondition> conditions = status.getConditions() == null ? List.of() : status.getConditions();
        return conditions.stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private static boolean isTrue(PodCondition condition) {
        return "True".equals(condition.getStatus());
    }

    private static Optional<Instant> since(PodCondition condition) {
        return time(condition.getLastTransitionTime());
    }

    private static Optional<Instant> time(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
