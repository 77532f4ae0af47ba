package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.Problem;
import io.nimscaler.trigger.Printable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod cannot run, in the words of its conditions and container statuses:
 * {@code unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.},
 * {@code not_running: CrashLoopBackOff, exit code 137 (OOMKilled)}.
 */
final class Obstacles {

    /** A scheduler names a reason for each kind of node; the first ones are enough. */
    static final int LONGEST = 200;

    /** A container that waits for one of these is on its way. */
    private static final Set<String> ON_ITS_WAY = Set.of("ContainerCreating", "PodInitializing");

    /** The message of a back-off repeats the names of the pod and of the container, and no cause. */
    private static final String CRASH_LOOP = "CrashLoopBackOff";

    private static final String UNSCHEDULABLE = "Unschedulable";

    /** Registries sign addresses in the query, and a user may stand before the host: both may be secret. */
    private static final Pattern QUERY = Pattern.compile("(://[^\\s\"'?]*)\\?[^\\s\"']*");

    private static final Pattern USER = Pattern.compile("//[^/\\s\"']*@");

    private Obstacles() {}

    /** Empty: the pod's status names nothing that keeps it from running. */
    static Optional<Problem> of(PodStatus status) {
        return scheduling(status)
                .or(() -> Stream.concat(
                                stream(status.getInitContainerStatuses()), stream(status.getContainerStatuses()))
                        .flatMap(container -> container(container).stream())
                        .findFirst());
    }

    /** How the container's run before ended that was started again last, for example {@code exit code 137 (OOMKilled)}; empty: none was. */
    static Optional<String> lastRun(PodStatus status) {
        return stream(status.getContainerStatuses())
                .filter(container -> container.getLastState() != null
                        && container.getLastState().getTerminated() != null)
                .max(Comparator.comparing(Obstacles::startedAt))
                .map(container -> exit(container.getLastState().getTerminated()));
    }

    /** In UTC and to the second, as Kubernetes writes all of them, so that the order of the texts is that of time; empty: it does not run. */
    private static String startedAt(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt)
                .orElse("");
    }

    private static Optional<Problem> scheduling(PodStatus status) {
        return stream(status.getConditions())
                .filter(condition ->
                        "PodScheduled".equals(condition.getType()) && !"True".equals(condition.getStatus()))
                .findFirst()
                .map(condition -> new Problem(NoSample.UNSCHEDULABLE, why(condition)));
    }

    private static String why(PodCondition condition) {
        String reason = text(condition.getReason());
        String message = message(condition.getMessage());
        if (message.isEmpty()) {
            return reason.isEmpty() ? "no node has taken it" : reason;
        }
        return reason.isEmpty() || reason.equals(UNSCHEDULABLE) ? message : reason + ": " + message;
    }

    private static Optional<Problem> container(ContainerStatus container) {
        ContainerState state = container.getState();
        if (state == null) {
            return Optional.empty();
        }
        ContainerStateWaiting waiting = state.getWaiting();
        if (waiting != null) {
            String reason = text(waiting.getReason());
            return reason.isEmpty() || ON_ITS_WAY.contains(reason)
                    ? Optional.empty()
                    : Optional.of(new Problem(
                            NoSample.NOT_RUNNING, reason + details(reason, waiting, container.getLastState())));
        }
        return Optional.ofNullable(state.getTerminated())
                .filter(ended -> code(ended) != 0)
                .map(ended -> new Problem(NoSample.NOT_RUNNING, "a container ended with " + exit(ended)));
    }

    private static String details(String reason, ContainerStateWaiting waiting, @Nullable ContainerState last) {
        ContainerStateTerminated ended = last == null ? null : last.getTerminated();
        String exit = ended == null ? "" : ", " + exit(ended);
        String message = reason.equals(CRASH_LOOP) ? "" : message(waiting.getMessage());
        return exit + (message.isEmpty() ? "" : ": " + message);
    }

    /** For example {@code exit code 137 (OOMKilled)}; {@code Error} says no more than the code. */
    private static String exit(ContainerStateTerminated ended) {
        String reason = text(ended.getReason());
        return "exit code " + code(ended) + (reason.isEmpty() || reason.equals("Error") ? "" : " (" + reason + ")");
    }

    private static int code(ContainerStateTerminated ended) {
        return ended.getExitCode() == null ? 0 : ended.getExitCode();
    }

    static String text(@Nullable String text) {
        return text == null ? "" : Printable.of(text.strip(), LONGEST);
    }

    /** As it may be kept and shown: one line, bounded, without queries and users of addresses. */
    static String message(@Nullable String text) {
        if (text == null) {
            return "";
        }
        // Cut before the patterns look at it: a status has no bound
        String some = text.strip();
        String first = some.substring(0, Math.min(some.length(), 4 * LONGEST));
        return Printable.of(QUERY.matcher(USER.matcher(first).replaceAll("//")).replaceAll("$1"), LONGEST);
    }

    private static <T> Stream<T> stream(@Nullable List<T> some) {
        return some == null ? Stream.of() : some.stream();
    }
}
