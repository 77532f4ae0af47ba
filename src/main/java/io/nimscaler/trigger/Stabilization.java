package io.nimscaler.trigger;

/**
 * What keeps the answer steady.
 *
 * @param tolerance the HPA's, 0..0.5
 * @param smoothing half-lives
 * @param window the HPA's stabilization windows
 * @param loadingCredit whether, on the way up, each starting pod is credited with T of the load that there is
 */
public record Stabilization(double tolerance, UpAndDown smoothing, UpAndDown window, boolean loadingCredit) {}
