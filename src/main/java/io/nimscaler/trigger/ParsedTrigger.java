package io.nimscaler.trigger;

import java.util.List;
import java.util.stream.Collectors;

/** What became of a trigger's metadata. */
public sealed interface ParsedTrigger {

    /**
     * @param warnings what works, but hardly as meant
     */
    record Valid(Trigger trigger, List<String> warnings) implements ParsedTrigger {

        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /** All that is wrong, never only the first; not empty. */
    record Invalid(List<Violation> violations) implements ParsedTrigger {

        public Invalid {
            violations = List.copyOf(violations);
        }

        /** All violations on one line. */
        public String text() {
            return violations.stream().map(Violation::text).collect(Collectors.joining("; ", "trigger metadata: ", ""));
        }
    }
}
