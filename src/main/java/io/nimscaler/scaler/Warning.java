package io.nimscaler.scaler;

import io.nimscaler.policy.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What needs attention although there is a decision.
 *
 * @param reason one word, as the reason of the Event
 * @param text one line
 */
public record Warning(String reason, String text) {

    /** What the decision itself shows. */
    public static List<Warning> of(Snapshot snapshot) {
        List<Warning> warnings = new ArrayList<>();
        List<PodStatus> missing = snapshot.unreadablePods();
        if (!missing.isEmpty()) {
            warnings.add(new Warning("PodsMissing", "cannot read " + PodStatus.named(missing)));
        }
        int stuck = stuck(snapshot.decision().basis());
        if (stuck > 0) {
            warnings.add(new Warning(
                    "PodsStuckStarting",
                    stuck + (stuck == 1 ? " pod is" : " pods are") + " starting for longer than startingDeadline"
                            + PodStatus.named(": ", snapshot.blockedPods(), "")));
        }
        if (snapshot.isQueueUnseen()) {
            warnings.add(new Warning("RequestsWaiting", Explanation.ofUnseenQueue(snapshot)));
        }
        Explanation.ofUnknownDemandSource(snapshot)
                .ifPresent(text -> warnings.add(new Warning("DemandSourceUnknown", text)));
        Explanation.ofRefusals(snapshot).ifPresent(text -> warnings.add(new Warning("RequestsRefused", text)));
        Explanation.ofUneven(snapshot).ifPresent(text -> warnings.add(new Warning("RequestsUneven", text)));
        snapshot.circumstances()
                .drain()
                .filter(DrainCheck::isShort)
                .ifPresent(drain -> warnings.add(new Warning(DrainCheck.REASON, drain.text())));
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
}
