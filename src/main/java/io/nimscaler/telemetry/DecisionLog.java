package io.nimscaler.telemetry;

import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Explanation;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.window.MinuteBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Logs a line when the decision of a trigger changes, and when its pods go missing or come back; for each trigger at most one of
 * a kind every few seconds. Belongs to the owner's thread.
 */
public final class DecisionLog {

    private static final Logger LOG = Logger.getLogger(DecisionLog.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final String UNKNOWN = "unknown";

    /** An outage that all triggers notice must not flood the log; the others are said later. */
    private static final int CHANGES_PER_MINUTE = 120;

    /** What must change for a line: the kind of the decision with its reason, the scale, the replicas asked for. */
    private record Said(String kind, Optional<Scale> scale, long replicas, boolean missing, Instant at) {

        boolean saysTheSameAs(Said other) {
            return kind.equals(other.kind) && scale.equals(other.scale) && replicas == other.replicas;
        }
    }

    private final MinuteBudget budget = new MinuteBudget(CHANGES_PER_MINUTE);
    private final Map<TriggerId, Said> said = new HashMap<>();
    private final Map<TriggerId, Instant> firstSeen = new HashMap<>();

    /** Says what is new in this decision. */
    public void update(Snapshot snapshot) {
        TriggerId key = TriggerId.of(snapshot);
        Said before = said.get(key);
        Said now = saidOf(snapshot);
        boolean tooSoon = before != null && before.at().plus(PAUSE).isAfter(now.at());
        if (tooSoon || (before != null && before.saysTheSameAs(now) && before.missing() == now.missing())) {
            return;
        }
        if (before == null && snapshot.decision() instanceof Decision.Unknown && isNew(key, now.at())) {
            return;
        }
        if (!budget.take(now.at())) {
            return;
        }
        if (budget.leftOut() > 0) {
            LOG.warnf(
                    "more than %d decisions changed within a minute: the others are logged later", CHANGES_PER_MINUTE);
        }
        said.put(key, now);
        if (before == null || !before.saysTheSameAs(now)) {
            logDecision(snapshot);
        }
        if (before != null && before.missing() != now.missing()) {
            logMissing(snapshot, now.missing());
        }
    }

    /** A trigger that has just appeared is unknown for a moment; that is no news. */
    private boolean isNew(TriggerId key, Instant now) {
        return firstSeen.computeIfAbsent(key, _ -> now).plus(PAUSE).isAfter(now);
    }

    /** Forgets all triggers but those of these snapshots. */
    public void retain(List<Snapshot> present) {
        Set<TriggerId> keys = TriggerId.of(present);
        said.keySet().retainAll(keys);
        firstSeen.keySet().retainAll(keys);
    }

    private static Said saidOf(Snapshot snapshot) {
        Decision decision = snapshot.decision();
        String kind = switch (decision) {
            case Decision.Report _ -> "report";
            case Decision.Hold(HoldReason reason, var _) -> reason.label();
            case Decision.Unknown(String reason, var _) -> reason;
        };
        long replicas = decision instanceof Decision.Report(double value, var _)
                ? (long) Math.ceil(value / snapshot.trigger().target().value())
                : -1;
        boolean missing = snapshot.pods().stream().anyMatch(pod -> pod.state() == PodState.MISSING);
        return new Said(
                kind, scale(decision), replicas, missing, decision.basis().at());
    }

    /** Empty: it is not known. */
    private static Optional<Scale> scale(Decision decision) {
        return decision.basis().known().map(Decision.Basis.Known::scale);
    }

    private static void logDecision(Snapshot snapshot) {
        Optional<Scale> scale = scale(snapshot.decision());
        LOG.logf(
                snapshot.decision() instanceof Decision.Unknown ? Logger.Level.WARN : Logger.Level.INFO,
                "decision changed namespace=%s scaledObject=%s metric=%s wanted=%s present=%s answer=%s: %s",
                snapshot.scaledObject().namespace(),
                snapshot.scaledObject().name(),
                snapshot.trigger().metricName(),
                scale.map(known -> Integer.toString(known.spec())).orElse(UNKNOWN),
                scale.map(known -> Integer.toString(known.status())).orElse(UNKNOWN),
                Explanation.answer(snapshot.answer()),
                Explanation.of(snapshot));
    }

    private static void logMissing(Snapshot snapshot, boolean missing) {
        if (!missing) {
            LOG.infof(
                    "pods answer again namespace=%s scaledObject=%s",
                    snapshot.scaledObject().namespace(), snapshot.scaledObject().name());
            return;
        }
        List<PodStatus> pods = snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.MISSING)
                .toList();
        LOG.warnf(
                "pods missing namespace=%s scaledObject=%s number=%d pods=%s",
                snapshot.scaledObject().namespace(),
                snapshot.scaledObject().name(),
                pods.size(),
                PodStatus.named(pods));
    }
}
