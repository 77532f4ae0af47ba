package io.nimscaler.e2e;

/** How a pod fails, as nimfleet's {@code GET /modes} lists it. */
public enum Fault {
    /** 503, as from a proxy before a backend that is down. */
    UNAVAILABLE("503"),
    /** The request is read and never answered. */
    HANG("hang"),
    /** The connection is reset. */
    RESET("reset"),
    /** Nothing listens. */
    REFUSE("refuse"),
    /** Random bytes. */
    GARBAGE("garbage"),
    /** A body without the gauge. */
    MISSING_METRIC("missing");

    private final String mode;

    Fault(String mode) {
        this.mode = mode;
    }

    String mode() {
        return mode;
    }
}
