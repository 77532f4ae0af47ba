package io.nimscaler.trigger;

import java.util.List;
import java.util.stream.Collectors;

/** The result of parsing a trigger's metadata. */
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

        private static final int MOST_SHOWN = 10;

        /** The violations on one line; beyond ten, how many more there are. */
        public String text() {
            int more = violations.size() - MOST_SHOWN;
            return violations.stream()
                    .limit(MOST_SHOWN)
                    .map(Violation::text)
                    .collect(Collectors.joining("; ", "trigger metadata: ", more > 0 ? "; and " + more + " more" : ""));
        }
    }
}
