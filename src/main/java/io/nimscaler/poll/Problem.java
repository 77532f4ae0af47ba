package io.nimscaler.poll;

/** Why a pod has no sample, with words for people. */
public record Problem(PodProblem reason, String detail) {}
