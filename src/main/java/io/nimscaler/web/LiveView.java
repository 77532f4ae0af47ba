package io.nimscaler.web;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/** What an event carries. */
sealed interface LiveView {

    /** The scaler's clock, by which the age of what it carries is told. */
    Instant now();

    /** Every trigger, without its pods. */
    @RegisterForReflection
    record Summary(Instant now, List<ScaledObjectView> scaledObjects) implements LiveView {}

    /** One ScaledObject's triggers; none where there is no such ScaledObject. */
    @RegisterForReflection
    record Detail(Instant now, List<ExplanationView> explanations) implements LiveView {}
}
