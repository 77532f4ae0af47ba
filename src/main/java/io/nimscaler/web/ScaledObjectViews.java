package io.nimscaler.web;

import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.Remembered;
import io.nimscaler.history.Transitions;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.TriggerId;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The latest views of the triggers, with the refused ones. */
@Singleton
final class ScaledObjectViews {

    private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::namespace)
            .thenComparing(Entry::name)
            .thenComparing(Entry::triggerName)
            .thenComparing(Entry::shadow);

    /** One that is still to be viewed. */
    private record Entry(
            String namespace, String name, String triggerName, boolean shadow, Supplier<ScaledObjectView> view) {

        static Entry of(Snapshot snapshot, Supplier<ScaledObjectView> view) {
            ScaledObjectId id = snapshot.scaledObject();
            return new Entry(id.namespace(), id.name(), snapshot.triggerName(), snapshot.shadow(), view);
        }

        static Entry of(ScaledObjectView refused) {
            return new Entry(
                    refused.namespace(), refused.name(), refused.triggerName(), refused.shadow(), () -> refused);
        }
    }

    private final Decisions decisions;
    private final DecisionRing history;
    private final Transitions transitions;

    ScaledObjectViews(Decisions decisions, DecisionRing history, Transitions transitions) {
        this.decisions = decisions;
        this.history = history;
        this.transitions = transitions;
    }

    /** Those of the wanted ScaledObjects, ordered by namespace, name and trigger. */
    List<ScaledObjectView> of(Predicate<ScaledObjectId> wanted, boolean withPods, Instant now) {
        return each(wanted, withPods, now).stream().map(Supplier::get).toList();
    }

    /** The same, each to be viewed when its turn comes: all together they are megabytes. */
    List<Supplier<ScaledObjectView>> each(Predicate<ScaledObjectId> wanted, boolean withPods, Instant now) {
        Map<ScaledObjectId, List<Notice>> notices = notices();
        return Stream.concat(
                        decisions.snapshots().stream()
                                .filter(snapshot -> wanted.test(snapshot.scaledObject()))
                                .map(snapshot -> Entry.of(
                                        snapshot,
                                        () -> ScaledObjectView.of(
                                                snapshot,
                                                beside(
                                                        snapshot,
                                                        notices.getOrDefault(snapshot.scaledObject(), List.of())),
                                                withPods))),
                        refused(notices, wanted, now).map(Entry::of))
                .sorted(ORDER)
                .map(Entry::view)
                .toList();
    }

    /** The refused triggers of the wanted ScaledObjects. */
    List<ScaledObjectView> refused(Predicate<ScaledObjectId> wanted, Instant now) {
        return refused(notices(), wanted, now).toList();
    }

    /** The latest decisions on one ScaledObject's triggers with all that went into them. */
    List<ExplanationView> explanations(ScaledObjectId id, Instant now) {
        return eachExplanation(id, now).stream().map(Supplier::get).toList();
    }

    /** The same, each to be viewed when its turn comes. */
    List<Supplier<ExplanationView>> eachExplanation(ScaledObjectId id, Instant now) {
        List<Notice> notices = notices().getOrDefault(id, List.of());
        return decisions.snapshots().stream()
                .filter(snapshot -> snapshot.scaledObject().equals(id))
                .<Supplier<ExplanationView>>map(snapshot -> () -> ExplanationView.of(
                        snapshot, beside(snapshot, notices), now, Span.of(history.of(TriggerId.of(snapshot)))))
                .toList();
    }

    /** A past decision: of its trigger nothing else is remembered but its replicas' bounds. */
    ScaledObjectView past(Remembered remembered, boolean withPods) {
        return ScaledObjectView.of(
                withPods ? remembered.snapshot() : remembered.withoutPods(), besidePast(remembered), true);
    }

    /** A past decision with all that went into it. */
    ExplanationView past(Remembered remembered, Instant asked, Span span) {
        return ExplanationView.of(remembered.snapshot(), besidePast(remembered), asked, span);
    }

    private static ScaledObjectView.Beside besidePast(Remembered remembered) {
        return new ScaledObjectView.Beside(List.of(), remembered.bounds(), Optional.empty());
    }

    private ScaledObjectView.Beside beside(Snapshot snapshot, List<Notice> notices) {
        var bounds = decisions.bounds(snapshot.scaledObject());
        return new ScaledObjectView.Beside(
                notices,
                bounds,
                transitions.since(
                        TriggerId.of(snapshot), Standing.of(snapshot, bounds).state()));
    }

    private static Stream<ScaledObjectView> refused(
            Map<ScaledObjectId, List<Notice>> notices, Predicate<ScaledObjectId> wanted, Instant now) {
        return notices.entrySet().stream()
                .filter(entry -> wanted.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .filter(Notice::isRefusal)
                .map(notice -> ScaledObjectView.refused(notice, now));
    }

    private Map<ScaledObjectId, List<Notice>> notices() {
        return decisions.notices().stream().collect(Collectors.groupingBy(Notice::scaledObject));
    }
}
