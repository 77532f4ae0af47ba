package io.nimscaler.scaler;

/** Why a scrape, or the sample made of it, is not usable. The names are the values of the label {@code outcome}. */
public enum ScrapeFailure {
    /** The pod has no container port of the wanted name: it is not asked at all. */
    NO_PORT,
    /** No exporter of the GPUs is known on the pod's node: nobody is asked. */
    NO_EXPORTER,
    /** The scaler's own settings forbid to ask it, or to ask it so: it is not asked at all. */
    NOT_ALLOWED,
    /** No TCP connection: refused, no route, connect time-out. */
    CANNOT_CONNECT,
    /** TLS handshake or certificate. */
    TLS,
    /** The deadline over the whole exchange passed. */
    TIMEOUT,
    /** The connection ended before the body did. */
    CONNECTION_LOST,
    /** The answer was not HTTP. */
    NOT_HTTP,
    /** A redirect; never followed. */
    REDIRECT,
    /** 404: the path is wrong, or the server does not serve metrics yet. */
    NOT_FOUND,
    /** Any other status but 200. */
    STATUS,
    /** The body, a line or the number of series is over its limit. */
    TOO_LARGE,
    /** The body is not Prometheus text where it matters. */
    MALFORMED,
    /** Readable, but without the metric (or without the wanted {@code model_name}). */
    NO_METRIC,
    /** The metric's value cannot be: NaN, infinite, negative, a ratio above 1.05, two values of one series. */
    BAD_VALUE,
    /** By its own timestamps it was too old already when it was asked for: an exporter that repeats what it once read. */
    STALE;

    /** The label value, in snake case. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
