package io.nimscaler.trigger;

import java.math.BigDecimal;

/**
 * The settings that keep the answer steady.
 *
 * @param tolerance the HPA's, 0..0.5
 * @param smoothing half-lives
 * @param window the HPA's stabilization windows
 * @param loadingCredit whether, on the way up, each starting pod is credited with T of the load that there is
 * @param scaleDown which pods a scale-down takes
 */
public record Stabilization(
        double tolerance, UpAndDown smoothing, UpAndDown window, boolean loadingCredit, ScaleDown scaleDown) {

    static Stabilization from(MetadataReader metadata) {
        return new Stabilization(
                metadata.number(TriggerKey.TOLERANCE, BigDecimal.ZERO, new BigDecimal("0.5"), 6),
                UpAndDown.from(metadata, TriggerKey.SMOOTHING_UP, TriggerKey.SMOOTHING_DOWN),
                UpAndDown.from(
                        metadata, TriggerKey.UPSCALE_STABILIZATION_WINDOW, TriggerKey.DOWNSCALE_STABILIZATION_WINDOW),
                metadata.flag(TriggerKey.LOADING_CREDIT),
                metadata.choice(TriggerKey.SCALE_DOWN, ScaleDown.class));
    }
}
