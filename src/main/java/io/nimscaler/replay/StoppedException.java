package io.nimscaler.replay;

/** The caller has stopped the work, because it took too long or no client waits for it any more. The message says which. */
public final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    public StoppedException(String message) {
        super(message);
        this.reason = message;
    }

    /** The message. */
    public String reason() {
        return reason;
    }
}
