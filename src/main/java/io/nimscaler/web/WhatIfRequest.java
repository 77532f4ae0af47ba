package io.nimscaler.web;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A question of what-if.
 *
 * @param trigger a triggerName; null where the ScaledObject has one trigger, or {@code settings} name the metric
 * @param from the first moment, an ISO 8601 instant; null: 14 days before the last one
 * @param to the last moment; null: now
 * @param settings other values, by key: the trigger's metadata that the policy goes by, and the fleet's, as {@code minReplicaCount}
 * @param unknown what is none of these
 */
record WhatIfRequest(
        @Schema(description = "a triggerName; without it the trigger whose metric is asked for, or the first one")
        @Nullable
        String trigger,

        @Schema(
                description = "the first moment; without it, 14 days before the last one",
                examples = "2026-01-31T12:00:00Z")
        @Nullable
        String from,

        @Schema(description = "the last moment; without it, the present one", examples = "2026-01-31T18:00:00Z")
        @Nullable
        String to,

        @Schema(
                description = "other values, by key: of the trigger's metadata that the policy goes by, and of the"
                        + " fleet, as minReplicaCount")
        @Nullable
        Map<String, String> settings,

        @JsonAnySetter @Schema(hidden = true) @Nullable Map<String, Object> unknown) {}
