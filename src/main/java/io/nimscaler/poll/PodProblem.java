package io.nimscaler.poll;

import java.util.Locale;

/** Why a pod has no sample: nobody could be asked, the exchange failed, or what was read is no sample. */
public enum PodProblem {
    /** The pod has no container port of the wanted name: it is not asked at all. */
    NO_PORT,
    /** No exporter of the GPUs is known on the pod's node: nobody is asked. */
    NO_EXPORTER,
    /** The scaler's own settings forbid to ask it, or to ask it so: it is not asked at all. */
    NOT_ALLOWED,
    /** {@link ScrapeFailure#CANNOT_CONNECT}. */
    CANNOT_CONNECT,
    /** {@link ScrapeFailure#TLS}. */
    TLS,
    /** {@link ScrapeFailure#TIMEOUT}. */
    TIMEOUT,
    /** {@link ScrapeFailure#CONNECTION_LOST}. */
    CONNECTION_LOST,
    /** {@link ScrapeFailure#NOT_HTTP}. */
    NOT_HTTP,
    /** {@link ScrapeFailure#REDIRECT}. */
    REDIRECT,
    /** {@link ScrapeFailure#NOT_FOUND}. */
    NOT_FOUND,
    /** {@link ScrapeFailure#STATUS}. */
    STATUS,
    /** {@link ScrapeFailure#TOO_LARGE}. */
    TOO_LARGE,
    /** {@link ScrapeFailure#MALFORMED}. */
    MALFORMED,
    /** Readable, but without the metric (or without the wanted {@code model_name}). */
    NO_METRIC,
    /** The metric's value cannot be: NaN, infinite, negative, a ratio above 1.05, two values of one series. */
    BAD_VALUE,
    /** Its engine says that it was put to sleep: its gauges read as idle, and it can carry nothing. */
    ASLEEP,
    /** By its own timestamps it was too old already when it was asked for: an exporter that repeats what it once read. */
    STALE,
    /** It was started again and has not been ready since: it may answer with zeros while it loads, which is no spare room. */
    RESTARTING;

    /** The exchange with it failed so. */
    public static PodProblem of(ScrapeFailure failure) {
        return switch (failure) {
            case NOT_ALLOWED -> NOT_ALLOWED;
            case CANNOT_CONNECT -> CANNOT_CONNECT;
            case TLS -> TLS;
            case TIMEOUT -> TIMEOUT;
            case CONNECTION_LOST -> CONNECTION_LOST;
            case NOT_HTTP -> NOT_HTTP;
            case REDIRECT -> REDIRECT;
            case NOT_FOUND -> NOT_FOUND;
            case STATUS -> STATUS;
            case TOO_LARGE -> TOO_LARGE;
            case MALFORMED -> MALFORMED;
        };
    }

    /** In snake case, as it begins a pod's problem in REST and stands in a recording. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
