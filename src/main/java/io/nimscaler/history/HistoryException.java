package io.nimscaler.history;

/** A text is not a history. The message says which line is wrong, what was expected and what is there. */
public final class HistoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HistoryException(String message) {
        super(message);
    }
}
