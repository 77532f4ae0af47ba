package io.nimscaler.replay;

import io.nimscaler.trigger.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A question can not be answered: the message says all that is wrong with it, and what was expected. */
public final class UnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    public UnusableException(String message) {
        super(message);
        this.reason = message;
    }

    /** The message. */
    public String reason() {
        return reason;
    }

    static UnusableException of(List<Violation> violations) {
        return new UnusableException(violations.stream().map(Violation::text).collect(Collectors.joining("; ")));
    }

    static Violation violation(String key, String value, String expected, Optional<String> nearest) {
        return new Violation(key, Optional.of(value), expected, nearest);
    }
}
