package io.nimscaler.web;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.EffectiveMetadata;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One decision with all that it was made from. What is unknown is null, never 0.
 *
 * @param asked the moment that was asked for; the decision is the latest one at or before it
 * @param rememberedFrom the oldest decision that can be asked for; null where none is remembered
 * @param rememberedTo the latest
 * @param decision what was decided, in words and numbers, with the pods as they were seen
 * @param metadata the trigger's, defaults included
 * @param arithmetic of the fleet; null where it was not known which pods there are
 * @param readyPods what the HPA multiplies a value per pod by
 * @param answer what KEDA was told
 */
record ExplanationView(
        Instant asked,
        @Nullable Instant rememberedFrom,
        @Nullable Instant rememberedTo,
        ScaledObjectView decision,
        Map<String, String> metadata,
        @Nullable ArithmeticView arithmetic,
        @Nullable Integer readyPods,
        AnswerView answer) {

    /**
     * @param sampled pods with a fresh sample that has a value
     * @param quiet pods that answer and had too little to do for a value of their own
     * @param countedAsMean pods that were missing for so long that they count as the mean of the sampled ones
     * @param missing pods that are waited for
     * @param starting pods that start, without the stuck ones
     * @param stuck pods that have been starting for longer than {@code startingDeadline}
     * @param mean of the sampled pods, or the fleet's level; null where no pod says anything
     * @param atLeast what the fleet carries at least; null with {@code mean}
     * @param atMost what it carries at most; null with {@code mean}
     */
    record ArithmeticView(
            int sampled,
            int quiet,
            int countedAsMean,
            int missing,
            int starting,
            int stuck,
            @Nullable Double mean,
            @Nullable Double atLeast,
            @Nullable Double atMost) {

        static ArithmeticView of(Basis.Known basis) {
            Counts counts = basis.counts();
            Optional<Carried> carried = basis.carried();
            return new ArithmeticView(
                    counts.sampled(),
                    counts.quiet(),
                    counts.countedAsMean(),
                    counts.missing(),
                    counts.starting(),
                    counts.stuck(),
                    carried.map(Carried::mean).orElse(null),
                    carried.map(Carried::atLeast).orElse(null),
                    carried.map(Carried::atMost).orElse(null));
        }
    }

    /**
     * In thousandths, as KEDA and the HPA carry it.
     *
     * @param valueMilli null while that is UNAVAILABLE
     * @param unavailable why; null while there is a value
     */
    record AnswerView(
            long targetValueMilli,
            @Nullable Long valueMilli,
            @Nullable String unavailable) {

        static AnswerView of(Snapshot snapshot) {
            long target = new Answers(snapshot.trigger()).targetMilli();
            return switch (snapshot.answer()) {
                case Answer.Value(long milli) -> new AnswerView(target, milli, null);
                case Answer.Unavailable(String reason) -> new AnswerView(target, null, reason);
            };
        }
    }

    static ExplanationView of(Snapshot snapshot, ScaledObjectView.Beside beside, Instant asked, Span remembered) {
        Optional<Basis.Known> known = snapshot.decision().basis().known();
        return new ExplanationView(
                asked,
                remembered.from(),
                remembered.to(),
                ScaledObjectView.of(snapshot, beside, true),
                EffectiveMetadata.of(snapshot.trigger()),
                known.map(ArithmeticView::of).orElse(null),
                known.map(basis -> basis.fleet().readyPods()).orElse(null),
                AnswerView.of(snapshot));
    }
}
