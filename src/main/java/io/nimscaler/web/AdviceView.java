package io.nimscaler.web;

import io.nimscaler.replay.Advice;
import io.nimscaler.replay.ScaledObjectLines;
import io.nimscaler.replay.WhatIf;
import io.nimscaler.scaler.TriggerId;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Which settings are better.
 *
 * @param was what was really there
 * @param present the present settings in the same loop
 * @param tried all that were tried, the present ones among them
 * @param advised null where there is no advice; {@code reasons} say why
 * @param perfect the least with which nothing is overloaded, of one who knows the future
 * @param allowedOverload share of the time that may be overloaded
 * @param scaledObjectLines what to change in the ScaledObject, YAML; null without an advice
 * @param shadowLines the same as a shadow to try first
 */
record AdviceView(
        String namespace,
        String name,
        String triggerName,
        double observedSeconds,
        OutcomeView was,
        TriedView present,
        List<TriedView> tried,
        @Nullable TriedView advised,
        OutcomeView perfect,
        double allowedOverload,
        double saturatedTime,
        List<String> reasons,
        @Nullable String scaledObjectLines,
        @Nullable String shadowLines,
        List<String> assumed,
        List<String> leftOut) {

    /**
     * @param changed keys of the metadata with other values than now
     * @param outcomeAtMost where the demand was not all seen, on its upper bound; null where it was
     */
    record TriedView(
            Map<String, String> changed,
            int minReplicaCount,
            OutcomeView outcome,
            @Nullable OutcomeView outcomeAtMost) {

        static TriedView of(Advice.Tried tried, OptionalDouble price) {
            return new TriedView(
                    tried.changed(),
                    tried.minReplicaCount(),
                    OutcomeView.of(tried.outcome(), price),
                    tried.atMost().map(one -> OutcomeView.of(one, price)).orElse(null));
        }
    }

    static AdviceView of(TriggerId id, Advice advice) {
        OptionalDouble price = advice.settings().pricePerReplicaHour();
        return new AdviceView(
                id.scaledObject().namespace(),
                id.scaledObject().name(),
                id.name(),
                advice.observed().toSeconds(),
                OutcomeView.of(advice.was(), price),
                TriedView.of(advice.present(), price),
                advice.tried().stream().map(one -> TriedView.of(one, price)).toList(),
                advice.advised().map(one -> TriedView.of(one, price)).orElse(null),
                OutcomeView.of(advice.perfect(), price),
                advice.allowed(),
                advice.saturatedTime(),
                advice.reasons(),
                advice.lines().map(ScaledObjectLines::reported).orElse(null),
                advice.lines().map(ScaledObjectLines::shadow).orElse(null),
                advice.settings().assumed(),
                WhatIf.LEFT_OUT);
    }
}
