package io.nimscaler.command;

/** A file can not be used: the message says which, in which line, and why. */
final class UnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
