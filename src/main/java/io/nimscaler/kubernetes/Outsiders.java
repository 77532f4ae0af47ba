package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.scaler.Following;
import io.nimscaler.scaler.Following.NotFollowed;
import io.nimscaler.scaler.Following.TakenAway;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Writes Events and notices when a scale target does not follow what is asked for, see {@link Following}. {@link #notices} and
 * {@link #forget} may be called from any thread, the rest belongs to one.
 */
final class Outsiders {

    private static final String WHERE = "scaleTargetRef";

    /** Its HPA is to be asked why it does not act. */
    private record Question(ScaledObject scaledObject, NotFollowed first) {}

    /** One trigger, and what is told of it. */
    private final class Told implements ScaleReads.Reader {

        private final Following following = new Following();
        private volatile List<Notice> notices = List.of();
        private volatile Optional<String> hpa = Optional.empty();
        private volatile Optional<Question> question = Optional.empty();
        private volatile boolean underWay;
        private volatile Instant askedAt = Instant.EPOCH;

        @Override
        public boolean isDue(Instant now) {
            return question.isPresent() && !underWay;
        }

        @Override
        public Instant askedAt() {
            return askedAt;
        }

        @Override
        public void begin(Instant now) {
            underWay = true;
            askedAt = now;
        }

        @Override
        public void read() {
            Optional<Question> asked = question;
            try {
                asked.ifPresent(this::read);
            } finally {
                isAnswered(asked);
                underWay = false;
            }
        }

        synchronized void ask(Optional<Question> now) {
            question = now;
        }

        private synchronized void isAnswered(Optional<Question> asked) {
            question = question.filter(now -> !asked.equals(Optional.of(now)));
        }

        private void read(Question asked) {
            ScaledObject scaledObject = asked.scaledObject();
            String said = HpaConditions.of(
                    client,
                    scaledObject.id().namespace(),
                    scaledObject.scaling().hpaName());
            hpa = Optional.of(said);
            events.warn(scaledObject, NotFollowed.REASON, asked.first().text() + "; " + said);
        }
    }

    private final KubernetesClient client;
    private final ScaledObjectEvents events;
    private final Map<TriggerId, Told> triggers = new ConcurrentHashMap<>();

    Outsiders(KubernetesClient client, ScaledObjectEvents events) {
        this.client = client;
        this.events = events;
    }

    /** Those whose HPA may have to be asked; from any thread. */
    Collection<? extends ScaleReads.Reader> readers() {
        return triggers.values();
    }

    /** Takes a decision into account, and tells what is new. */
    void decided(ScaledObject scaledObject, Snapshot snapshot) {
        Told told = triggers.computeIfAbsent(TriggerId.of(snapshot), _ -> new Told());
        Following following = told.following;
        Optional<TakenAway> takenBefore = following.takenAway();
        boolean followedBefore = following.notFollowed().isEmpty();
        following.observe(snapshot, scaledObject.scaling().bounds());
        following
                .takenAway()
                .filter(taken -> takenBefore.filter(taken::equals).isEmpty())
                .ifPresent(taken -> events.warn(scaledObject, TakenAway.REASON, taken.text()));
        if (following.notFollowed().isPresent() && followedBefore) {
            told.ask(following.notFollowed().map(first -> new Question(scaledObject, first)));
        }
        if (following.notFollowed().isEmpty()) {
            told.ask(Optional.empty());
            told.hpa = Optional.empty();
        }
        told.notices = Stream.concat(
                        following.takenAway().stream()
                                .map(taken -> notice(scaledObject.id(), TakenAway.REASON, taken.text())),
                        following.notFollowed().stream()
                                .map(not -> notice(scaledObject.id(), NotFollowed.REASON, not.text() + also(told.hpa))))
                .toList();
    }

    private static String also(Optional<String> hpa) {
        return hpa.map(text -> "; " + text).orElse("");
    }

    private static Notice notice(ScaledObjectId id, String reason, String text) {
        return new Notice(id, WHERE, Optional.empty(), reason, text);
    }

    /** This ScaledObject is gone, or scales another workload now; from any thread. */
    void forget(ScaledObjectId id) {
        triggers.keySet().removeIf(trigger -> trigger.scaledObject().equals(id));
    }

    /** Forgets all triggers but those of these snapshots. */
    void retain(List<Snapshot> present) {
        Set<TriggerId> keys = TriggerId.of(present);
        triggers.keySet().retainAll(keys);
    }

    /** One of a kind for each ScaledObject, of the trigger whose name comes first. */
    Collection<Notice> notices() {
        record Kind(ScaledObjectId id, String reason) {}
        Map<Kind, Notice> firsts = new LinkedHashMap<>();
        triggers.entrySet().stream()
                .filter(entry -> !entry.getValue().notices.isEmpty())
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(TriggerId::scaledObject).thenComparing(TriggerId::name)))
                .flatMap(entry -> entry.getValue().notices.stream())
                .forEach(notice -> firsts.putIfAbsent(new Kind(notice.scaledObject(), notice.reason()), notice));
        return firsts.values();
    }
}
