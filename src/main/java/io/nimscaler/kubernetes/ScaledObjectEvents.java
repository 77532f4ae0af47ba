package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nimscaler.policy.Decision;
import io.nimscaler.scaler.DrainCheck;
import io.nimscaler.scaler.Explanation;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Printable;
import io.nimscaler.window.MinuteBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Writes Events on the ScaledObject. KEDA says the same only in its operator's log. An Event is written on a change, at most one
 * of each kind a minute for one ScaledObject, by the replica of the scaler that sees it first.
 */
final class ScaledObjectEvents {

    private static final Logger LOG = Logger.getLogger(ScaledObjectEvents.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    /** What is unknown for a moment, as after a start, is no news. */
    private static final Duration NEWS_AFTER = Duration.ofSeconds(5);

    /** Requests that wait for their turn in the next batch are no news. */
    private static final Duration QUEUE_IS_NEWS_AFTER = Duration.ofSeconds(30);

    /** What moves to and fro around a limit is no news each time, nor is what was not known meanwhile. */
    private static final Duration NEWS_AGAIN_AFTER = Duration.ofHours(1);

    /** For all ScaledObjects together: an outage that all of them notice must not flood the API server. */
    private static final int EVENTS_PER_MINUTE = 120;

    /** In bytes (kubernetes: pkg/apis/core/validation/events.go); a longer one is refused. */
    private static final int MAX_NOTE = 1024;

    private static final int MOST_OF_NAME = 180;
    private static final String CONTROLLER = "keda-nim-scaler";
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private record Said(ScaledObjectId scaledObject, String reason) {}

    /** What an Event tells the change of. */
    private record State(
            Optional<Instant> unknownSince,
            boolean saidUnknown,
            boolean missing,
            boolean stuck,
            Optional<Instant> queueUnseenSince,
            boolean saidQueueUnseen,
            boolean refused,
            Optional<Instant> drainShortAt,
            Optional<Instant> unevenAt,
            Optional<Instant> demandUnknownSince,
            boolean saidDemandUnknown,
            Optional<Instant> wakeUnknownSince,
            boolean saidWakeUnknown) {

        static final State NONE = new State(
                Optional.empty(),
                false,
                false,
                false,
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                false);

        State next(Snapshot snapshot) {
            Instant now = snapshot.decision().basis().at();
            Optional<Instant> since = snapshot.decision() instanceof Decision.Unknown
                    ? unknownSince.or(() -> Optional.of(now))
                    : Optional.empty();
            Optional<Instant> queueSince =
                    snapshot.isQueueUnseen() ? queueUnseenSince.or(() -> Optional.of(now)) : Optional.empty();
            Optional<Instant> wakeSince =
                    isWakeUnknown(snapshot) ? wakeUnknownSince.or(() -> Optional.of(now)) : Optional.empty();
            Optional<Instant> demandSince = Explanation.ofUnknownDemandSource(snapshot)
                    .flatMap(_ -> demandUnknownSince.or(() -> Optional.of(now)));
            return new State(
                    since,
                    since.filter(moment -> !moment.plus(NEWS_AFTER).isAfter(now))
                            .isPresent(),
                    !snapshot.unreadablePods().isEmpty(),
                    snapshot.decision()
                            .basis()
                            .known()
                            .filter(known -> known.counts().stuck() > 0)
                            .isPresent(),
                    queueSince,
                    queueSince
                            .filter(moment -> !moment.plus(QUEUE_IS_NEWS_AFTER).isAfter(now))
                            .isPresent(),
                    Explanation.ofRefusals(snapshot).isPresent(),
                    lately(isDrainShort(snapshot), drainShortAt, now),
                    lately(Explanation.ofUneven(snapshot).isPresent(), unevenAt, now),
                    demandSince,
                    demandSince
                            .filter(moment -> !moment.plus(NEWS_AFTER).isAfter(now))
                            .isPresent(),
                    wakeSince,
                    wakeSince
                            .filter(moment -> !moment.plus(NEWS_AFTER).isAfter(now))
                            .isPresent());
        }

        /** When it held last, unless that is too long ago. */
        private static Optional<Instant> lately(boolean holds, Optional<Instant> before, Instant now) {
            return holds
                    ? Optional.of(now)
                    : before.filter(at -> at.plus(NEWS_AGAIN_AFTER).isAfter(now));
        }

        private static boolean isDrainShort(Snapshot snapshot) {
            return snapshot.circumstances().drain().filter(DrainCheck::isShort).isPresent();
        }

        /** That demand of a while ago still keeps it awake does not make the source known. */
        private static boolean isWakeUnknown(Snapshot snapshot) {
            return snapshot.wake().isPresent() && snapshot.wake().get().demand().isEmpty();
        }
    }

    private final KubernetesClient client;
    private final Executor executor;
    private final InstantSource clock;
    private final String instance;
    private final Map<TriggerId, State> states = new ConcurrentHashMap<>();
    private final Map<Said, Instant> said = new ConcurrentHashMap<>();
    private final MinuteBudget budget = new MinuteBudget(EVENTS_PER_MINUTE);

    ScaledObjectEvents(KubernetesClient client, Executor executor, InstantSource clock) {
        this.client = client;
        this.executor = executor;
        this.clock = clock;
        this.instance = Optional.ofNullable(System.getenv("HOSTNAME")).orElse(CONTROLLER);
    }

    /** Tells what has changed with this decision. */
    void decided(ScaledObject scaledObject, Snapshot snapshot) {
        TriggerId key = TriggerId.of(snapshot);
        State before = states.getOrDefault(key, State.NONE);
        State now = before.next(snapshot);
        states.put(key, now);
        if (now.saidUnknown() && !before.saidUnknown()) {
            warn(scaledObject, "DemandUnknown", Explanation.of(snapshot));
        }
        if (now.unknownSince().isEmpty() && before.saidUnknown()) {
            say(scaledObject, "Normal", "DemandKnown", Explanation.of(snapshot));
        }
        if (now.missing() && !before.missing()) {
            warn(scaledObject, "PodsMissing", "cannot read " + PodStatus.named(snapshot.unreadablePods()));
        }
        if (now.saidQueueUnseen() && !before.saidQueueUnseen()) {
            warn(scaledObject, "RequestsWaiting", Explanation.ofUnseenQueue(snapshot));
        }
        if (now.refused() && !before.refused()) {
            Explanation.ofRefusals(snapshot).ifPresent(text -> warn(scaledObject, "RequestsRefused", text));
        }
        if (State.isDrainShort(snapshot) && before.drainShortAt().isEmpty()) {
            snapshot.circumstances().drain().ifPresent(drain -> warn(scaledObject, DrainCheck.REASON, drain.text()));
        }
        if (before.unevenAt().isEmpty()) {
            Explanation.ofUneven(snapshot).ifPresent(text -> warn(scaledObject, "RequestsUneven", text));
        }
        if (now.saidDemandUnknown() && !before.saidDemandUnknown()) {
            Explanation.ofUnknownDemandSource(snapshot)
                    .ifPresent(text -> warn(scaledObject, "DemandSourceUnknown", text));
        }
        if (now.demandUnknownSince().isEmpty() && before.saidDemandUnknown()) {
            say(scaledObject, "Normal", "DemandSourceKnown", Explanation.of(snapshot));
        }
        if (now.saidWakeUnknown() && !before.saidWakeUnknown()) {
            snapshot.wake().ifPresent(wake -> warn(scaledObject, "WakeSourceUnknown", Explanation.ofWake(wake)));
        }
        if (now.wakeUnknownSince().isEmpty() && before.saidWakeUnknown()) {
            snapshot.wake().ifPresent(wake -> say(scaledObject, "Normal", "WakeSourceKnown", Explanation.ofWake(wake)));
        }
        if (now.stuck() && !before.stuck()) {
            warn(scaledObject, "PodsStuckStarting", Explanation.of(snapshot));
        }
    }

    void warn(ScaledObject scaledObject, String reason, String note) {
        say(scaledObject, "Warning", reason, note);
    }

    private void say(ScaledObject scaledObject, String type, String reason, String note) {
        Instant now = clock.instant();
        if (mayBeSaid(new Said(scaledObject.id(), reason), now)) {
            executor.execute(() -> post(scaledObject, type, reason, note, now));
        }
    }

    /**
     * The same in every replica of the scaler for what all of them see within a minute of the clock, so that the API server takes
     * the first and refuses the others. Two of one replica are more than a minute apart.
     */
    private static String eventName(ScaledObject scaledObject, String reason, Instant now) {
        String name = scaledObject.id().name();
        String about = name.substring(0, Math.min(name.length(), MOST_OF_NAME)).replaceFirst("[^a-z0-9]+$", "");
        String which = Integer.toHexString(scaledObject.uid().hashCode());
        String when = Long.toHexString(now.getEpochSecond() / PAUSE.toSeconds());
        return about + "." + reason.toLowerCase(Locale.ROOT) + "." + which + "." + when;
    }

    /** Asked by the owner of the scalers and by the client's threads. */
    private synchronized boolean mayBeSaid(Said key, Instant now) {
        Instant last = said.get(key);
        boolean due = last == null || !last.plus(PAUSE).isAfter(now);
        if (!due || !budget.take(now)) {
            return false;
        }
        int leftOut = budget.leftOut();
        if (leftOut > 0) {
            LOG.warnf(
                    "Events were left out number=%d: there were more than %d in a minute", leftOut, EVENTS_PER_MINUTE);
        }
        said.put(key, now);
        return true;
    }

    private void post(ScaledObject scaledObject, String type, String reason, String note, Instant now) {
        String namespace = scaledObject.id().namespace();
        String name = scaledObject.id().name();
        try {
            client.events()
                    .v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(eventName(scaledObject, reason, now))
                            .endMetadata()
                            .withEventTime(new MicroTime(MICRO_TIME.format(now)))
                            .withType(type)
                            .withReason(reason)
                            .withAction("Scale")
                            .withNote(Printable.ofBytes(note, MAX_NOTE))
                            .withReportingController(CONTROLLER)
                            .withReportingInstance(instance)
                            .withNewRegarding()
                            .withApiVersion("keda.sh/v1alpha1")
                            .withKind("ScaledObject")
                            .withNamespace(namespace)
                            .withName(name)
                            .withUid(scaledObject.uid())
                            .endRegarding()
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.debugf(
                    "the Event was not written namespace=%s scaledObject=%s reason=%s",
                    namespace, name, e.getMessage());
        }
    }

    /** Forgets all triggers but those of these snapshots. */
    void retain(List<Snapshot> present) {
        Set<TriggerId> keys = TriggerId.of(present);
        states.keySet().retainAll(keys);
        said.values().removeIf(last -> last.plus(PAUSE).isBefore(clock.instant()));
    }
}
