package io.nimscaler.signal;

/**
 * Pods that are fuller than the others although they complete no more requests: they are slower, and what spreads the requests does not look
 * at the load. Each replica more takes a part of what comes to them.
 *
 * @param full how many of them were full lately; at least as many as it takes to keep replicas
 * @param load in full replicas: what the fleet would carry if each pod was as full as these; more than what the pods carry
 */
public record Uneven(int full, double load) {

    private static final double ROUNDING = 1e-9;

    /** Whether so many replicas are needed for it, or more, where each should carry {@code target}. */
    public boolean needs(int replicas, double target) {
        return load >= (1 - ROUNDING) * replicas * target;
    }
}
