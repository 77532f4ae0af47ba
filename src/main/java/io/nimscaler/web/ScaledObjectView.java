package io.nimscaler.web;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.poll.Problem;
import io.nimscaler.scaler.Explanation;
import io.nimscaler.scaler.Headline;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.State;
import io.nimscaler.scaler.Warning;
import io.nimscaler.signal.SignalLabel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One trigger of a ScaledObject as REST shows it. What is unknown is null, never 0.
 *
 * @param triggerName unique within the ScaledObject, as in the label {@code trigger} of the meters; of a refused one its place in
 *     {@code spec}, such as {@code triggers[1]}
 * @param shadow whether this is the trigger's shadow, whose value KEDA is never told
 * @param metric null where the trigger is refused, as {@code targetValue}, {@code aggregationType} and {@code windowRemainingSeconds}
 * @param signalTitle what people call the metric, such as {@code KV-cache usage}; null where the trigger is refused
 * @param signalUnit of one pod's value: {@code share} (1 is all of it), {@code requests}, {@code seconds}, {@code per_second} or
 *     {@code none}; null where the trigger is refused
 * @param minReplicas of the ScaledObject, of a past decision as it was then; null where nobody says
 * @param maxReplicas of the ScaledObject, of a past decision as it was then; null where nobody says
 * @param state what happens to the replicas, in one word: {@code normal}, {@code scaling_up}, {@code scaling_down},
 *     {@code at_maximum}, {@code waiting} (for a stabilization window), {@code keeping} (requests wait or are refused),
 *     {@code holding} (data is missing), {@code unknown} or {@code refused}
 * @param stateSince since when it is the same; null of a past decision, and of a refused trigger
 * @param summary the same with the cause and the load, in plain sentences
 * @param decision {@code report}, {@code hold}, {@code unknown} or {@code refused}
 * @param reason of a hold, a fixed word; null otherwise
 * @param explanation the decision in words, with its numbers; or why the trigger is refused
 * @param warnings what needs a look beside that, with the reasons of the Events
 * @param value what KEDA is told; null while that is UNAVAILABLE
 * @param hpaDesiredReplicas what the HPA's formula makes of {@code value}, before its minimum, maximum, windows and rates; null
 *     where it is told nothing, or is off (0 replicas wanted)
 * @param replicasNeeded what the smoothed load of this moment needs, without windows, minimum and maximum; null where that is not known
 * @param replicasAfter where the HPA ends, within minimum and maximum, before its own windows and rates; null where it is told nothing
 * @param loadShare the load as a share of what the wanted replicas carry at the target, 1 is all of it; null where that is not known
 * @param active null while that is UNAVAILABLE
 * @param wake what the trigger's wake source says, in words; null: it names none
 */
record ScaledObjectView(
        String namespace,
        String name,
        String triggerName,
        boolean shadow,
        @Nullable String metric,
        @Nullable Double targetValue,
        @Nullable String aggregationType,
        @Nullable String signalTitle,
        @Nullable String signalUnit,
        Instant at,
        @Nullable Integer replicasWanted,
        @Nullable Integer replicasPresent,
        @Nullable Integer minReplicas,
        @Nullable Integer maxReplicas,
        String state,
        @Nullable Instant stateSince,
        String summary,
        String decision,
        @Nullable String reason,
        String explanation,
        List<WarningView> warnings,
        @Nullable Double value,
        @Nullable Boolean active,
        @Nullable String wake,
        @Nullable Long hpaDesiredReplicas,
        @Nullable Long replicasNeeded,
        @Nullable Long replicasAfter,
        @Nullable Double demand,
        @Nullable Double loadShare,
        @Nullable Double smoothed,
        @Nullable Double lowest,
        @Nullable Double highest,
        @Nullable Double windowRemainingSeconds,
        List<PodView> pods) {

    static final String REFUSED = "refused";

    /**
     * @param reason one word, as the reason of the Event
     */
    record WarningView(String reason, String text) {}

    /**
     * @param value of its last sample, however old
     * @param problem why it has no fresh sample, and where it was asked; null while all is well
     */
    record PodView(
            String name,
            @Nullable String address,
            String state,
            @Nullable Double value,
            @Nullable Double sampleAgeSeconds,
            @Nullable String problem) {

        static PodView of(PodStatus pod, Instant now) {
            return new PodView(
                    pod.name(),
                    pod.address().orElse(null),
                    pod.state().label(),
                    pod.sample().map(sample -> sample.value()).orElse(null),
                    pod.sample()
                            .map(sample -> seconds(Duration.between(sample.readAt(), now)))
                            .orElse(null),
                    pod.problem().map(Problem::text).orElse(null));
        }
    }

    /**
     * What is known of a decision beside it.
     *
     * @param notices those on its ScaledObject; none of a past decision, since they are not remembered
     * @param bounds of its ScaledObject, as it was when it was decided
     * @param since since when its state is the same; empty of a past decision
     */
    record Beside(List<Notice> notices, Optional<ReplicaBounds> bounds, Optional<Instant> since) {}

    /** A trigger without a decision. */
    static ScaledObjectView refused(Notice notice, Instant now) {
        return new ScaledObjectView(
                notice.scaledObject().namespace(),
                notice.scaledObject().name(),
                notice.where(),
                false,
                null,
                null,
                null,
                null,
                null,
                now,
                null,
                null,
                null,
                null,
                State.REFUSED.label(),
                null,
                "KEDA gets no value: the trigger is refused. " + notice.text(),
                REFUSED,
                null,
                notice.text(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of());
    }

    static ScaledObjectView of(Snapshot snapshot, Beside beside, boolean withPods) {
        Decision.Basis basis = snapshot.decision().basis();
        Standing standing = Standing.of(snapshot, beside.bounds());
        SignalLabel label = SignalLabel.of(snapshot.trigger().signal());
        return new ScaledObjectView(
                snapshot.scaledObject().namespace(),
                snapshot.scaledObject().name(),
                snapshot.triggerName(),
                snapshot.shadow(),
                snapshot.trigger().signal().name(),
                snapshot.trigger().target().value(),
                snapshot.trigger().aggregationType().key(),
                label.title(),
                label.unit().label(),
                basis.at(),
                basis.known().map(known -> known.scale().spec()).orElse(null),
                basis.known().map(known -> known.scale().status()).orElse(null),
                beside.bounds().map(ReplicaBounds::least).orElse(null),
                beside.bounds().map(ReplicaBounds::most).orElse(null),
                standing.state().label(),
                beside.since().orElse(null),
                summary(snapshot, beside),
                kind(snapshot.decision()),
                snapshot.decision() instanceof Decision.Hold(HoldReason reason, var _) ? reason.label() : null,
                Explanation.of(snapshot),
                Warning.of(snapshot, beside.notices()).stream()
                        .map(warning -> new WarningView(warning.reason(), warning.text()))
                        .toList(),
                snapshot.answer() instanceof Answer.Value(long milli) ? milli / 1000.0 : null,
                snapshot.activity() == Activity.UNKNOWN ? null : snapshot.activity() == Activity.ACTIVE,
                snapshot.wake().map(Explanation::ofWake).orElse(null),
                orNull(snapshot.hpaDesiredReplicas()),
                orNull(standing.needed()),
                orNull(standing.reached()),
                orNull(basis.demand()),
                loadShare(snapshot),
                orNull(basis.windows().smoothed()),
                orNull(basis.windows().lowest()),
                orNull(basis.windows().highest()),
                seconds(basis.windows().remaining()),
                withPods
                        ? snapshot.pods().stream()
                                .map(pod -> PodView.of(pod, basis.at()))
                                .toList()
                        : List.of());
    }

    private static String summary(Snapshot snapshot, Beside beside) {
        String headline = Headline.of(snapshot, beside.bounds());
        return beside.notices().stream().anyMatch(Notice::isPause)
                ? "KEDA is paused: nothing changes the replicas. Without that: " + headline
                : headline;
    }

    private static String kind(Decision decision) {
        return switch (decision) {
            case Decision.Report _ -> "report";
            case Decision.Hold _ -> "hold";
            case Decision.Unknown _ -> "unknown";
        };
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable Double loadShare(Snapshot snapshot) {
        Decision.Basis basis = snapshot.decision().basis();
        double carried = snapshot.trigger().target().value()
                * basis.known().map(known -> known.scale().spec()).orElse(0);
        return basis.demand().isPresent() && carried > 0 ? basis.demand().getAsDouble() / carried : null;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
