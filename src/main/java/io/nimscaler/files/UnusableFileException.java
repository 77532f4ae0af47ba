package io.nimscaler.files;

import io.nimscaler.trigger.Violation;

/** A file cannot be used. Its message names the setting and the file, never what is in it. */
public final class UnusableFileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Violation violation;

    UnusableFileException(Violation violation) {
        super(violation.text());
        this.violation = violation;
    }

    /** The same as a value. */
    public Violation violation() {
        return violation;
    }
}
