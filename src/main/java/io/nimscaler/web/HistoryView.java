package io.nimscaler.web;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.Range;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.ParsedTrigger;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The history of one trigger, in steps of minutes. What is unknown is null, never 0. If the scaler did not run, there is no
 * step.
 *
 * @param since the first minute that is kept
 * @param stepSeconds how long a step is
 */
@RegisterForReflection
record HistoryView(
        String namespace,
        String name,
        String triggerName,
        boolean shadow,
        @Nullable Instant since,
        long stepSeconds,
        List<StepView> steps) {

    /** How a number moved within a step. */
    @RegisterForReflection
    record RangeView(double lowest, double mean, double highest) {

        static @Nullable RangeView of(Optional<Range> range) {
            return range.map(RangeView::of).orElse(null);
        }

        private static RangeView of(Range range) {
            return new RangeView(range.lowest(), range.mean(), range.highest());
        }
    }

    /**
     * @param targetValue that the step ended with, as {@code metric}, {@code minReplicas} and {@code maxReplicas}
     * @param decisions made in it; {@code reports}, {@code holds} by reason and {@code unknown} add up to them
     * @param active how many of them said that there is something to do
     * @param hpaDesiredReplicas what the HPA's formula makes of what KEDA was told
     * @param demand what the pods carry together, in the signal's unit
     * @param busiestPod the highest value of one pod
     * @param sampled pods, on average, as {@code missing}, {@code starting} and {@code stuck}
     * @param startUpSeconds of pods that became ready in it
     */
    @RegisterForReflection
    record StepView(
            Instant at,
            @Nullable String metric,
            @Nullable Double targetValue,
            @Nullable String aggregationType,
            @Nullable Integer minReplicas,
            @Nullable Integer maxReplicas,
            int decisions,
            int reports,
            Map<String, Integer> holds,
            int unknown,
            int active,
            @Nullable RangeView hpaDesiredReplicas,
            @Nullable RangeView demand,
            @Nullable Double busiestPod,
            @Nullable RangeView replicasWanted,
            @Nullable RangeView replicasPresent,
            @Nullable RangeView replicasReady,
            @Nullable Double sampled,
            @Nullable Double missing,
            @Nullable Double starting,
            @Nullable Double stuck,
            @Nullable RangeView requestsRunning,
            @Nullable RangeView requestsWaiting,
            @Nullable Double promptTokensPerSecond,
            @Nullable Double generationTokensPerSecond,
            @Nullable Double rejectionsPerSecond,
            List<Double> startUpSeconds) {}

    static HistoryView of(TriggerId id, Optional<Instant> since, long stepSeconds, List<KeptMinute> steps) {
        List<StepView> views = new ArrayList<>();
        Optional<MinuteHeader> header = Optional.empty();
        Optional<ParsedTrigger.Valid> trigger = Optional.empty();
        for (KeptMinute step : steps) {
            if (!header.equals(Optional.of(step.header()))) {
                header = Optional.of(step.header());
                trigger = step.header().parsed() instanceof ParsedTrigger.Valid valid
                        ? Optional.of(valid)
                        : Optional.empty();
            }
            views.add(view(step, trigger));
        }
        return new HistoryView(
                id.scaledObject().namespace(),
                id.scaledObject().name(),
                id.name(),
                id.shadow(),
                since.orElse(null),
                stepSeconds,
                views);
    }

    private static StepView view(KeptMinute step, Optional<ParsedTrigger.Valid> trigger) {
        Minute minute = step.minute();
        Optional<Minute.Limits> limits = step.header().limits();
        Optional<Minute.Replicas> replicas = minute.replicas();
        Map<String, Integer> holds = new TreeMap<>();
        minute.decided().holds().forEach((HoldReason reason, Integer number) -> holds.put(reason.label(), number));
        return new StepView(
                minute.at(),
                trigger.map(valid -> valid.trigger().signal().name()).orElse(null),
                trigger.map(valid -> valid.trigger().target().value()).orElse(null),
                trigger.map(valid -> valid.trigger().aggregationType().key()).orElse(null),
                limits.map(Minute.Limits::min).orElse(null),
                limits.map(Minute.Limits::max).orElse(null),
                minute.decided().total(),
                minute.decided().reports(),
                holds,
                minute.decided().unknown(),
                minute.decided().active(),
                RangeView.of(minute.decided().hpa()),
                RangeView.of(minute.demand()),
                orNull(minute.busiest()),
                RangeView.of(replicas.map(Minute.Replicas::wanted)),
                RangeView.of(replicas.map(Minute.Replicas::present)),
                RangeView.of(replicas.map(Minute.Replicas::ready)),
                replicas.map(Minute.Replicas::sampled).orElse(null),
                replicas.map(Minute.Replicas::missing).orElse(null),
                replicas.map(Minute.Replicas::starting).orElse(null),
                replicas.map(Minute.Replicas::stuck).orElse(null),
                RangeView.of(minute.traffic().running()),
                RangeView.of(minute.traffic().waiting()),
                orNull(minute.traffic().promptTokens()),
                orNull(minute.traffic().generationTokens()),
                orNull(minute.traffic().rejections()),
                minute.startUps().stream()
                        .map(startUp -> startUp.toMillis() / 1000.0)
                        .toList());
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
