package io.nimscaler.trigger;

import java.time.Duration;
import java.util.Optional;

/**
 * Which pods are read, how, and how often. A shadow does not have its own.
 *
 * @param podSelector label selector instead of the scale target's own
 * @param podAuth name of the trust and credentials that the scaler's own settings hold for these pods
 */
public record Reading(
        Scheme scheme,
        PodPort port,
        MetricsPath path,
        Optional<String> podSelector,
        Optional<String> podAuth,
        Duration pollInterval) {

    /** Nothing is asked more often. */
    public static final Duration SHORTEST_POLL_INTERVAL = Duration.ofMillis(250);

    /** Nothing that is wanted is asked less often. */
    public static final Duration LONGEST_POLL_INTERVAL = Duration.ofMinutes(5);

    private static final Duration MAX_DECISION_INTERVAL = Duration.ofSeconds(1);

    static Reading from(MetadataReader metadata) {
        String selector = metadata.text(
                TriggerKey.POD_SELECTOR,
                Grammar::isLabelSelector,
                "a label selector such as app=nim,role in (leader), 1024 characters at most");
        return new Reading(
                metadata.choice(TriggerKey.SCHEME, Scheme.class),
                PodPort.from(metadata),
                MetricsPath.from(metadata),
                Optional.of(selector).filter(text -> !text.isEmpty()),
                metadata.settingName(TriggerKey.POD_AUTH, "nim-scaler.pods.auth"),
                metadata.duration(TriggerKey.POLL_INTERVAL, SHORTEST_POLL_INTERVAL, LONGEST_POLL_INTERVAL));
    }

    /** How often a reading of the fleet is made from the latest samples: min(pollInterval, 1 s). */
    public Duration decisionInterval() {
        return pollInterval.compareTo(MAX_DECISION_INTERVAL) < 0 ? pollInterval : MAX_DECISION_INTERVAL;
    }

    /** Whether the same pods are asked in the same way. The interval may differ. */
    boolean asksTheSameAs(Reading other) {
        return scheme == other.scheme
                && port.equals(other.port)
                && path.equals(other.path)
                && podSelector.equals(other.podSelector);
    }
}
