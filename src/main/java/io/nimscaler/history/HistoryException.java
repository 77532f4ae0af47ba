package io.nimscaler.history;

/** A text is no history: the message says in which line, what was expected and what is there. */
public final class HistoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HistoryException(String message) {
        super(message);
    }
}
