package io.nimscaler.web;

import io.nimscaler.replay.OpenLoop;
import io.nimscaler.replay.Question;
import io.nimscaler.replay.WhatIf;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What other settings would have led to.
 *
 * @param warnings on the other metadata
 * @param openLoop on the fleet that there was
 * @param closedLoop on a fleet of its own; null where there is no answer
 * @param noClosedLoop why not; null where there is one
 * @param scaledObjectLines the settings as lines of the ScaledObject, YAML
 * @param shadowLines the same as a shadow to try first
 * @param leftOut what no answer takes into account
 */
record WhatIfView(
        String namespace,
        String name,
        String triggerName,
        Map<String, String> settings,
        List<String> warnings,
        @Nullable OpenLoopView openLoop,
        @Nullable ClosedLoopView closedLoop,
        @Nullable String noClosedLoop,
        String scaledObjectLines,
        String shadowLines,
        List<String> leftOut) {

    /**
     * @param steps some of the decisions, evenly chosen, for a plot
     */
    record OpenLoopView(
            int decisions,
            int differing,
            AskedView present,
            AskedView other,
            boolean fromTheBeginning,
            List<StepView> steps) {

        static OpenLoopView of(OpenLoop loop) {
            return new OpenLoopView(
                    loop.decisions(),
                    loop.differing(),
                    AskedView.of(loop.present()),
                    AskedView.of(loop.other()),
                    loop.fromTheBeginning(),
                    loop.steps().stream().map(StepView::of).toList());
        }
    }

    /** Replicas that the HPA's formula makes of the answers; null where it makes nothing of them. */
    record AskedView(
            @Nullable Double mean,
            @Nullable Long fewest,
            @Nullable Long most,
            double unknownTime) {

        static AskedView of(OpenLoop.Asked asked) {
            OptionalDouble mean = asked.mean();
            return new AskedView(
                    mean.isPresent() ? mean.getAsDouble() : null,
                    orNull(asked.fewest()),
                    orNull(asked.most()),
                    asked.unknownTime());
        }
    }

    /** What the HPA makes of one answer, and of the other; null where there is none. */
    record StepView(
            Instant at, @Nullable Long present, @Nullable Long other) {

        static StepView of(OpenLoop.Step step) {
            return new StepView(step.at(), orNull(step.present()), orNull(step.other()));
        }
    }

    /**
     * @param presentAtMost where the demand was not all seen, on its upper bound; null where it was
     * @param otherAtMost the same of the other settings
     * @param saturatedTime share of the time in which the demand may have been more than was seen
     * @param bracketOpen whether in some of it nothing bounds it from above
     */
    record ClosedLoopView(
            double observedSeconds,
            OutcomeView was,
            OutcomeView present,
            @Nullable OutcomeView presentAtMost,
            OutcomeView other,
            @Nullable OutcomeView otherAtMost,
            OutcomeView perfect,
            double saturatedTime,
            boolean bracketOpen,
            List<String> assumed) {

        static ClosedLoopView of(WhatIf answer, Question question) {
            OptionalDouble price = question.settings().pricePerReplicaHour();
            return new ClosedLoopView(
                    answer.observed().toSeconds(),
                    OutcomeView.of(answer.was(), price),
                    OutcomeView.of(answer.present().outcome(), price),
                    answer.present()
                            .atMost()
                            .map(one -> OutcomeView.of(one, price))
                            .orElse(null),
                    OutcomeView.of(answer.other().outcome(), price),
                    answer.other()
                            .atMost()
                            .map(one -> OutcomeView.of(one, price))
                            .orElse(null),
                    OutcomeView.of(answer.perfect(), price),
                    answer.saturatedTime(),
                    answer.bracketOpen(),
                    answer.assumed());
        }
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
