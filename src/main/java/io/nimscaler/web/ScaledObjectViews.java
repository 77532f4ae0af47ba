package io.nimscaler.web;

import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The latest of the triggers, the refused ones among them. */
final class ScaledObjectViews {

    private static final Comparator<ScaledObjectView> ORDER = Comparator.comparing(ScaledObjectView::namespace)
            .thenComparing(ScaledObjectView::name)
            .thenComparing(ScaledObjectView::triggerName)
            .thenComparing(ScaledObjectView::shadow);

    private ScaledObjectViews() {}

    /** Those of the wanted ScaledObjects, ordered by namespace, name and trigger. */
    static List<ScaledObjectView> of(
            Decisions decisions, Predicate<ScaledObjectId> wanted, boolean withPods, Instant now) {
        Map<ScaledObjectId, List<Notice>> notices = notices(decisions);
        return Stream.concat(
                        decisions.snapshots().stream()
                                .filter(snapshot -> wanted.test(snapshot.scaledObject()))
                                .map(snapshot -> ScaledObjectView.of(
                                        snapshot, notices.getOrDefault(snapshot.scaledObject(), List.of()), withPods)),
                        refused(notices, wanted, now))
                .sorted(ORDER)
                .toList();
    }

    /** The refused triggers of the wanted ScaledObjects. */
    static List<ScaledObjectView> refused(Decisions decisions, Predicate<ScaledObjectId> wanted, Instant now) {
        return refused(notices(decisions), wanted, now).toList();
    }

    private static Stream<ScaledObjectView> refused(
            Map<ScaledObjectId, List<Notice>> notices, Predicate<ScaledObjectId> wanted, Instant now) {
        return notices.entrySet().stream()
                .filter(entry -> wanted.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .filter(Notice::isRefusal)
                .map(notice -> ScaledObjectView.refused(notice, now));
    }

    static Map<ScaledObjectId, List<Notice>> notices(Decisions decisions) {
        return decisions.notices().stream().collect(Collectors.groupingBy(Notice::scaledObject));
    }
}
