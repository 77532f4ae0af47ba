package io.nimscaler.web;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/** What an event carries. */
sealed interface LiveView {

    /** The scaler's clock, by which the age of what it carries is told. */
    Instant now();

    /** Whether it is known which ScaledObjects there are. */
    ApiServerView apiServer();

    /** Who says it. */
    ScalerView scaler();

    /** Every trigger, without its pods. */
    @RegisterForReflection
    record Summary(Instant now, ApiServerView apiServer, ScalerView scaler, List<ScaledObjectView> scaledObjects)
            implements LiveView {}

    /** One ScaledObject's triggers, and those of it that are refused; none where there is no such ScaledObject. */
    @RegisterForReflection
    record Detail(
            Instant now,
            ApiServerView apiServer,
            ScalerView scaler,
            List<ExplanationView> explanations,
            List<ScaledObjectView> refused)
            implements LiveView {}
}
