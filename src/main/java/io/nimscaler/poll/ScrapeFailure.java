package io.nimscaler.poll;

import java.util.Locale;

/** Why an exchange with a pod, an exporter or a wake source failed. */
public enum ScrapeFailure implements PodProblem {
    /** The scaler's own settings forbid to ask it so: it is not asked at all. */
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
    MALFORMED;

    /** The value of the label {@code outcome}, too. */
    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
