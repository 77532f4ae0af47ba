package io.nimscaler.history;

/** A text is not a recording. The message says which line is wrong, what was expected and what is there. */
public final class RecordingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RecordingException(String message, Throwable cause) {
        super(message, cause);
    }
}
