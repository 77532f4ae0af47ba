package io.nimscaler.scaler;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Cuts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Durations;
import io.nimscaler.window.ObservedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Whether the replicas of a scale target follow what one trigger asks for. Another writer may take them away, or the HPA may not
 * act at all. Of several triggers the HPA follows the one that asks for most. So at least what this trigger asks for can be
 * expected.
 *
 * <p>Not thread-safe.
 */
public final class Following {

    /** From the latest cut on. */
    private static final Duration TOLD_FOR = Duration.ofMinutes(10);

    /** Eight syncs of the HPA, or three after a {@code pollingInterval} for which KEDA may keep a value. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /**
     * What a ScaledObject says of its replicas.
     *
     * @param most {@code maxReplicaCount}
     * @param certain KEDA and the HPA take none away below so many while more are asked for; 0 where nothing is certain
     * @param upPatience what the HPA's behavior lets it wait before it scales up; empty: it is not expected to
     */
    public record Bounds(int most, int certain, Optional<Duration> upPatience) {}

    /**
     * Somebody else wrote fewer replicas than were asked for.
     *
     * @param times how often, each at most 10 minutes after the one before
     * @param at the latest
     */
    public record TakenAway(Cuts.Cut cut, int times, Instant at) {

        /** The reason of its Event. */
        public static final String REASON = "ReplicasTakenAway";

        /** For example {@code spec.replicas went from 5 to 1 although 5 were asked for; …}. */
        public String text() {
            return "spec.replicas went from " + cut.from() + " to " + cut.to() + " although " + cut.asked()
                    + " were asked for"
                    + (times > 1 ? ", " + times + " times" : "")
                    + "; another writer changes it, for example a NIMService, helm upgrade, kubectl apply or Argo CD";
        }
    }

    /**
     * More is asked for, and nothing changes.
     *
     * @param wanted {@code spec.replicas}
     * @param since when it was asked for first
     * @param most {@code maxReplicaCount}
     */
    public record NotFollowed(long asked, int wanted, Instant since, Duration length, int most) {

        /** The reason of its Event. */
        public static final String REASON = "NotFollowed";

        /** For example {@code 8 replicas are asked for, and spec.replicas has been 5 for 2m, …}. */
        public String text() {
            return asked + " replicas are asked for, and spec.replicas has been " + wanted + " for "
                    + Durations.text(Duration.ofMinutes(length.toMinutes())) + ", below maxReplicaCount " + most;
        }
    }

    private final Cuts cuts = new Cuts();
    private Optional<Instant> previousAt = Optional.empty();
    private Optional<TakenAway> takenAway = Optional.empty();
    private Optional<NotFollowed> notFollowed = Optional.empty();
    private Optional<Instant> askedSince = Optional.empty();
    private OptionalInt wanted = OptionalInt.empty();

    /** The latest cut of the last 10 minutes. */
    public Optional<TakenAway> takenAway() {
        return takenAway;
    }

    /** Present while nothing changes. */
    public Optional<NotFollowed> notFollowed() {
        return notFollowed;
    }

    /** Takes the trigger's next decision into account. */
    public void observe(Snapshot snapshot, Bounds bounds) {
        Decision.Basis basis = snapshot.decision().basis();
        Instant now = basis.at();
        Duration elapsed = ObservedTime.between(
                previousAt, now, snapshot.trigger().deadlines().staleAfter());
        previousAt = Optional.of(now);
        takenAway = takenAway.filter(cut -> !cut.at().plus(TOLD_FOR).isBefore(now));
        switch (basis) {
            case Decision.Basis.NotKnown _ -> {
                cuts.askNothing();
                follow(OptionalLong.empty(), 0, bounds, now);
            }
            case Decision.Basis.Known known -> observe(snapshot, known.scale(), bounds, now, elapsed);
        }
    }

    private void observe(Snapshot snapshot, Scale scale, Bounds bounds, Instant now, Duration elapsed) {
        int spec = scale.spec();
        cuts.see(spec)
                .ifPresent(cut -> takenAway = Optional.of(
                        new TakenAway(cut, takenAway.map(TakenAway::times).orElse(0) + 1, now)));
        if (snapshot.activity() == Activity.ACTIVE) {
            cuts.ask(Math.min(fewest(snapshot, scale), bounds.certain()), elapsed);
        } else {
            cuts.askNothing();
        }
        follow(snapshot.hpaDesiredReplicas(), spec, bounds, now);
    }

    private static long fewest(Snapshot snapshot, Scale scale) {
        return new Answers(snapshot.trigger()).fewestReplicas(snapshot.answer(), scale);
    }

    private void follow(OptionalLong desired, int spec, Bounds bounds, Instant now) {
        long asked = Math.min(desired.orElse(0), bounds.most());
        boolean waits = asked > spec && bounds.upPatience().isPresent();
        boolean goesOn = waits && wanted.equals(OptionalInt.of(spec));
        wanted = OptionalInt.of(spec);
        if (!waits) {
            askedSince = Optional.empty();
            notFollowed = Optional.empty();
            return;
        }
        Instant since =
                askedSince.filter(moment -> goesOn && !moment.isAfter(now)).orElse(now);
        askedSince = Optional.of(since);
        Duration length = Duration.between(since, now);
        Duration patience = PATIENCE.plus(bounds.upPatience().orElse(Duration.ZERO));
        notFollowed = length.compareTo(patience) < 0
                ? Optional.empty()
                : Optional.of(new NotFollowed(asked, spec, since, length, bounds.most()));
    }
}
