package io.nimscaler.replay;

import io.nimscaler.trigger.EffectiveMetadata;
import java.util.List;
import java.util.Map;

/**
 * What a sweep works on.
 *
 * @param history of the present signal
 * @param parts of the history
 * @param censoring what the history did not see
 * @param now the trigger's metadata
 */
record SweepInput(
        FleetHistory history,
        Question question,
        List<Part> parts,
        Censoring censoring,
        Map<String, String> now,
        Stop stop) {

    /**
     * @throws UnusableException where the history is of no use
     */
    static SweepInput of(FleetHistory history, Question question, Stop stop) {
        List<Part> parts = WhatIf.usable(history);
        return new SweepInput(
                history, question, parts, Censoring.of(parts), EffectiveMetadata.of(question.trigger()), stop);
    }
}
