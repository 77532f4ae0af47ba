package io.nimscaler.replay;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings as the lines of a ScaledObject, YAML, as they stand beneath {@code spec}.
 *
 * @param reported what to change
 * @param shadow the same as a shadow of the trigger, which changes nothing; what is not the trigger's is a comment
 */
public record ScaledObjectLines(String reported, String shadow) {

    private static final Set<String> OF_THE_SPEC = Set.of(
            FleetKey.MIN_REPLICA_COUNT.key(),
            FleetKey.MAX_REPLICA_COUNT.key(),
            FleetKey.POLLING_INTERVAL.key(),
            FleetKey.COOLDOWN_PERIOD.key());

    /**
     * What of these settings stands in the ScaledObject itself. The HPA's behavior, and what only a question has, is left out.
     *
     * @param settings values by key, as they are asked for
     */
    public static ScaledObjectLines of(Map<String, String> settings) {
        StringBuilder spec = new StringBuilder();
        StringBuilder notes = new StringBuilder();
        StringBuilder metadata = new StringBuilder();
        StringBuilder shadows = new StringBuilder();
        new TreeMap<>(settings).forEach((key, value) -> {
            if (OF_THE_SPEC.contains(key)) {
                spec.append(key).append(": ").append(value).append('\n');
                notes.append("# ")
                        .append(key)
                        .append(": ")
                        .append(value)
                        .append(" has no shadow: it is not the trigger's\n");
            } else if (FleetKey.of(key).isEmpty()) {
                line(metadata, key, value);
                line(shadows, "shadow." + key, value);
            }
        });
        return new ScaledObjectLines(spec + under(metadata), under(shadows) + notes);
    }

    private static void line(StringBuilder lines, String key, String value) {
        lines.append("      ")
                .append(key)
                .append(": \"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append("\"\n");
    }

    private static String under(StringBuilder metadata) {
        return metadata.isEmpty() ? "" : "triggers:\n  - metadata:\n" + metadata;
    }
}
