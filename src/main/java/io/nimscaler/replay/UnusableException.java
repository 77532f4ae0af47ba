package io.nimscaler.replay;

import io.nimscaler.trigger.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A question cannot be answered. The message says all that is wrong with it, and what was expected. */
public final class UnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient List<Violation> violations;

    public UnusableException(String message) {
        this(message, List.of());
    }

    private UnusableException(String message, List<Violation> violations) {
        super(message);
        this.reason = message;
        this.violations = List.copyOf(violations);
    }

    /** The message. */
    public String reason() {
        return reason;
    }

    /** What of it is wrong with one key each; empty where it is nothing that was asked. */
    public List<Violation> violations() {
        return violations;
    }

    static UnusableException of(List<Violation> violations) {
        return new UnusableException(
                violations.stream().map(Violation::text).collect(Collectors.joining("; ")), violations);
    }

    static Violation violation(String key, String value, String expected, Optional<String> nearest) {
        return new Violation(key, Optional.of(value), expected, nearest);
    }
}
