package io.nimscaler.scaler;

import io.nimscaler.policy.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What needs a look although there is a decision.
 *
 * @param reason one word, as the reason of the Event
 * @param text one line
 */
public record Warning(String reason, String text) {

    private static final int PODS_NAMED = 3;

    /** What the decision itself shows. */
    public static List<Warning> of(Snapshot snapshot) {
        List<Warning> warnings = new ArrayList<>();
        List<PodStatus> missing = missing(snapshot).toList();
        if (!missing.isEmpty()) {
            warnings.add(new Warning("PodsMissing", "cannot read " + named(missing)));
        }
        int stuck = stuck(snapshot.decision().basis());
        if (stuck > 0) {
            warnings.add(new Warning(
                    "PodsStuckStarting",
                    stuck + (stuck == 1 ? " pod is" : " pods are") + " starting for longer than startingDeadline"));
        }
        if (snapshot.isQueueUnseen()) {
            warnings.add(new Warning("RequestsWaiting", Explanation.ofUnseenQueue(snapshot)));
        }
        return List.copyOf(warnings);
    }

    /** What the decision itself shows, and those of these notices that are about its trigger. */
    public static List<Warning> of(Snapshot snapshot, List<Notice> notices) {
        return Stream.concat(
                        notices.stream()
                                .filter(notice -> notice.isAbout(snapshot))
                                .map(notice -> new Warning(notice.reason(), notice.text())),
                        of(snapshot).stream())
                .toList();
    }

    private static int stuck(Decision.Basis basis) {
        return switch (basis) {
            case Decision.Basis.Known known -> known.counts().stuck();
            case Decision.Basis.NotKnown _ -> 0;
        };
    }

    /** After a start of ours a pod may be missing only because its turn has not come yet. */
    private static Stream<PodStatus> missing(Snapshot snapshot) {
        return snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.MISSING && pod.problem().isPresent());
    }

    private static String named(List<PodStatus> pods) {
        int more = pods.size() - PODS_NAMED;
        return pods.stream()
                .limit(PODS_NAMED)
                .map(pod -> pod.name()
                        + pod.problem()
                                .map(problem -> " (" + problem.reason().label() + ": " + problem.detail() + ")")
                                .orElse(""))
                .collect(Collectors.joining(", ", "", more > 0 ? " and " + more + " more" : ""));
    }
}
