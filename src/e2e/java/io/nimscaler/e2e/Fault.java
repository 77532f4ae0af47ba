package io.nimscaler.e2e;

import java.util.Locale;

/** How a pod fails, as nimfleet's {@code GET /modes} lists it. Those that are {@linkplain #isHarmless harmless} only look odd. */
public enum Fault {
    /** Nothing listens. */
    REFUSE,
    /** The connection is reset. */
    RESET,
    /** The connection is closed without an answer. */
    CLOSE,
    /** The request is read and never answered. */
    HANG,
    /** The body comes in drops, over 10 s. */
    SLOW(10),
    /** The answer comes after 10 s. */
    DELAY(10),
    INTERNAL_ERROR("500"),
    BAD_GATEWAY("502"),
    /** 503, as from a proxy before a backend that is down. */
    UNAVAILABLE("503"),
    NOT_FOUND("404"),
    UNAUTHORIZED("401"),
    FORBIDDEN("403"),
    TOO_MANY_REQUESTS("429"),
    /** 503, as from a server that still loads its model. */
    LOADING,
    REDIRECT,
    /** The connection ends within the body. */
    TRUNCATE,
    /** 8 MB of metrics. */
    HUGE(8),
    /** Metrics without an end. */
    ENDLESS,
    /** Random bytes as a body. */
    GARBAGE,
    /** Random bytes instead of HTTP. */
    NOT_HTTP("notHTTP"),
    HTML,
    /** 200 and no body. */
    EMPTY,
    /** A body without the gauge. */
    MISSING_METRIC("missing"),
    NAN,
    INF,
    NEGATIVE,
    /** The ratio in percent. */
    PERCENT,
    /** A ratio of 1.7. */
    OVER_ONE("overone"),
    /** A decimal comma. */
    BAD_VALUE("badvalue"),
    /** Timestamps of an hour ago. */
    OLD_TIMESTAMPS("oldts"),
    /** A body that unpacks to 8 MB, compressed though nobody asked for that. */
    GZIP_BOMB("gzipbomb", 8),
    /** A compressed body that nobody asked for. */
    GZIP,
    /** The same series twice. */
    DUPLICATE("dup"),
    CRLF,
    CHUNKED;

    private final String mode;
    private final int argument;

    Fault() {
        this(0);
    }

    Fault(int argument) {
        this.mode = name().toLowerCase(Locale.ROOT);
        this.argument = argument;
    }

    Fault(String mode) {
        this(mode, 0);
    }

    Fault(String mode, int argument) {
        this.mode = mode;
        this.argument = argument;
    }

    /** Whether what the pod says can be understood all the same. */
    public boolean isHarmless() {
        return this == DUPLICATE || this == CRLF || this == CHUNKED;
    }

    /** As parameters of nimfleet's {@code /fault}. */
    String parameters() {
        return "mode=" + mode + (argument == 0 ? "" : "&arg=" + argument);
    }
}
