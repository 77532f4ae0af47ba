package io.nimscaler.command;

/** A file cannot be used. The message says which file, which line, and why. */
final class UnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
