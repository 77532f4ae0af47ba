package io.nimscaler.scaler;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.ExporterAnswer;
import io.nimscaler.poll.Phase;
import io.nimscaler.poll.PollRequest;
import io.nimscaler.poll.Polled;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.TrafficOfPod;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import io.nimscaler.wake.Wake;
import io.nimscaler.window.ObservedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One trigger of one ScaledObject. It keeps its pods' latest samples, makes a reading of the fleet each
 * {@code decisionInterval}, and decides. The triggers of one ScaledObject decide at the same moment. Each ScaledObject has its
 * own moment, so that a thousand do not decide at once.
 *
 * <p>One thread owns it; {@link #snapshot()} may be called from any.
 */
final class Scaler {

    /** What the policy remembers is told in each decision of so many: from there on its decisions can be made again. */
    private static final int DECISIONS_PER_STATE = 60;

    /** A watch and the first readings of its pods may take so long. */
    private static final Duration NEW_FOR = Duration.ofSeconds(10);

    /** Far above any fleet of such pods, and half of what one event loop asks every 5 s; a wrong selector may match anything. */
    private static final int MOST_PODS = 5_000;

    /** The pods are kept for so long while nothing is known of them, beside the time for which their watch holds. */
    private static final Duration PODS_HOLD_FOR = Duration.ofMinutes(1);

    private final ScaledObjectId id;
    private final String name;
    private final boolean shadow;
    private final Trigger trigger;
    private final boolean watches;
    private final PollRequest pollRequest;
    private final Policy policy;
    private final FleetSignal signal;
    private final UnservedDemand unserved;
    private final PodMemories memories;
    private final Patience patience;
    private final AwaitedPods awaited = new AwaitedPods();
    private DrainWatch drains;
    private Backlog backlog;
    private final Instant madeAt;
    private final Phase phase;
    private Instant due;
    private Optional<Instant> learnedAt = Optional.empty();
    private Optional<Instant> blindSince = Optional.empty();
    private long decisions;
    private volatile Optional<Snapshot> snapshot = Optional.empty();

    /**
     * @param name see {@link TriggerId#name}
     * @param watches whether it tells the {@link Circumstances} of its decisions
     */
    Scaler(ScaledObjectId id, String name, Trigger trigger, boolean watches, Instant now) {
        this(id, name, false, trigger, new Policy(trigger), watches, now);
    }

    /** One that has learned nothing of its signal. */
    private Scaler(
            ScaledObjectId id,
            String name,
            boolean shadow,
            Trigger trigger,
            Policy policy,
            boolean watches,
            Instant now) {
        this(id, name, shadow, trigger, policy, trigger.signal().ofFleet(), Optional.empty(), watches, now);
    }

    /**
     * @param before of the trigger before its edit; empty: there is none
     */
    private Scaler(
            ScaledObjectId id,
            String name,
            boolean shadow,
            Trigger trigger,
            Policy policy,
            FleetSignal signal,
            Optional<UnservedDemand> before,
            boolean watches,
            Instant now) {
        this.id = id;
        this.name = name;
        this.shadow = shadow;
        this.trigger = trigger;
        this.watches = watches;
        this.pollRequest = pollRequestOf(trigger, watches);
        this.policy = policy;
        this.signal = signal;
        this.unserved =
                before.map(demand -> demand.withTrigger(trigger)).orElseGet(() -> new UnservedDemand(trigger, signal));
        this.memories = new PodMemories(trigger, id.namespace(), watches);
        this.patience = new Patience(trigger.deadlines().staleAfter());
        this.backlog = new Backlog(trigger.signal());
        this.drains = new DrainWatch(trigger.reading().pollInterval());
        this.madeAt = now;
        this.phase = Phase.of(id.toString());
        this.due = now;
    }

    /**
     * The scaler of an edited trigger, which keeps samples and windows.
     *
     * @param edited one that {@link Trigger#measuresTheSameAs measures the same}
     */
    Scaler withTrigger(Trigger edited, Instant now) {
        Scaler next = new Scaler(
                id, name, shadow, edited, policy.withTrigger(edited), signal, Optional.of(unserved), watches, now);
        next.memories.goOnFrom(memories);
        next.patience.goOnFrom(patience);
        next.drains = drains;
        next.backlog = backlog;
        next.awaited.goOnFrom(awaited);
        next.learnedAt = learnedAt;
        return next;
    }

    /**
     * The scaler of another trigger beside this one, which begins with a copy of its samples and windows.
     *
     * @param other one that {@link Trigger#measuresTheSameAs measures the same}
     */
    Scaler heir(String itsName, Trigger other, Instant now) {
        Policy copy = Policy.resumed(trigger, policy.state()).withTrigger(other);
        Scaler heir = new Scaler(id, itsName, false, other, copy, watches, now);
        heir.memories.copy(memories);
        heir.patience.goOnFrom(patience);
        heir.awaited.goOnFrom(awaited);
        return heir;
    }

    /** The scaler of a trigger's shadow, whose snapshots are not reported. */
    static Scaler shadowOf(Scaler reported, Trigger shadow, Instant now) {
        return new Scaler(reported.id, reported.name, true, shadow, new Policy(shadow), false, now);
    }

    String name() {
        return name;
    }

    Trigger trigger() {
        return trigger;
    }

    /** The latest; empty before the first decision. */
    Optional<Snapshot> snapshot() {
        return snapshot;
    }

    /** Whether what it does not know yet may be known in a moment. */
    boolean isNew(Instant now) {
        return now.isBefore(madeAt.plus(NEW_FOR));
    }

    /** What it wants of the endpoints. */
    PollRequest pollRequest() {
        return pollRequest;
    }

    private static PollRequest pollRequestOf(Trigger trigger, boolean watches) {
        PollRequest request = PollRequest.of(trigger);
        return watches && !trigger.signal().isOfGpus() ? request.with(TrafficOfPod.SERIES_NAMES) : request;
    }

    /** Where its pods are asked. */
    List<Endpoint> endpoints() {
        return memories.endpoints();
    }

    /** Takes the answer of one of its endpoints into account; of any other, not at all. */
    void take(Polled polled, Instant askedAt) {
        if (memories.take(polled, askedAt) && polled.result() instanceof ScrapeResult.Scraped(var series, var _)) {
            drains.take(polled.endpoint().podUid(), series);
        }
    }

    /** The nodes whose exporters are asked instead of its pods. */
    Set<String> gpuNodes() {
        return memories.gpuNodes();
    }

    /** Takes into account what an exporter says of the pods on its node. */
    void take(ExporterAnswer answer, Instant askedAt) {
        memories.take(answer, askedAt);
    }

    /** Of heap, about, in bytes: what it keeps of all its pods; from any thread. */
    long keptOfPods() {
        return memories.keptBytes();
    }

    /** When it decides next; a new one at once. */
    Instant due() {
        return due;
    }

    /**
     * Makes a reading of the fleet and concludes from it.
     *
     * @param wake what the wake source says; empty: the trigger names none
     * @param held what waits at the demand source; empty: the trigger names none
     */
    Snapshot decide(Observation observation, Optional<Wake> wake, Optional<Wake> held, Instant now) {
        due = phase.next(now, trigger.reading().decisionInterval());
        Optional<Violation> mismatch = trigger.mismatch();
        if (mismatch.isPresent()) {
            return keep(decideBlindly(mismatch.get().text(), now), wake);
        }
        Snapshot next = switch (observation) {
            case Observation.Known known
            when sizeOf(known) > MOST_PODS ->
                decideBlindly("expected at most " + MOST_PODS + " pods, got " + sizeOf(known), now);
            case Observation.Known known -> decide(known, held, now);
            case Observation.NotKnown(String reason) -> decideBlindly(reason, now);
            case Observation.NoRoom(String reason) -> {
                memories.forget();
                yield decideBlindly(reason, now);
            }
            case Observation.Absent(String reason) -> decideBlindly(reason, now);
        };
        return keep(next, wake);
    }

    private Snapshot decide(Observation.Known observation, Optional<Wake> held, Instant now) {
        blindSince = Optional.empty();
        memories.describe(observation.pods(), now);
        learn(observation.scale().spec(), held, now);
        PodReadings pods = readings(now);
        List<PodReading> all = new ArrayList<>(pods.all());
        all.addAll(awaited.readings(
                observation.scale(),
                observation.pods().size(),
                trigger.deadlines().staleAfter(),
                patience.observed(),
                now));
        OptionalDouble level = trigger.signal().isAdditive() ? OptionalDouble.empty() : signal.level(pods.values());
        return conclude(
                new Fleet.Known(
                        observation.scale(),
                        observation.readyPods(),
                        all,
                        pods.newcomers(backlog.beganAt(level, now)),
                        level,
                        unserved.at(pods, memories.rememberedUnseenLoad(now), held, now)),
                pods,
                circumstances(pods).with(drains.at(now, observation.pods())),
                now);
    }

    private void learn(int spec, Optional<Wake> held, Instant now) {
        Duration observed =
                ObservedTime.between(learnedAt, now, trigger.deadlines().staleAfter());
        learnedAt = Optional.of(now);
        signal.aimAt(trigger.target().value(), spec);
        unserved.waits(held, now);
        signal.learn(memories.fresh(now), observed);
        unserved.learn(memories, observed, now);
    }

    private PodReadings readings(Instant now) {
        patience.pass(memories.isAnyRead(now), now);
        return memories.readings(signal, patience.observed(), now);
    }

    private Circumstances circumstances(PodReadings pods) {
        return watches ? new Circumstances(pods.traffic(), pods.startUps(), Optional.empty()) : Circumstances.UNWATCHED;
    }

    /** Where nobody looks at the pods for long, their addresses are others' by now, and there may be no room for them. */
    private Snapshot decideBlindly(String reason, Instant now) {
        Instant since = blindSince.orElse(now);
        blindSince = Optional.of(since);
        if (since.plus(PODS_HOLD_FOR).isBefore(now)) {
            memories.forget();
        }
        return conclude(new Fleet.NotKnown(reason), readings(now), Circumstances.UNWATCHED, now);
    }

    private Snapshot conclude(Fleet fleet, PodReadings pods, Circumstances circumstances, Instant now) {
        Optional<PolicyState> before =
                decisions++ % DECISIONS_PER_STATE == 0 ? Optional.of(policy.state()) : Optional.empty();
        return new Snapshot(
                id,
                name,
                shadow,
                trigger,
                before,
                policy.decide(fleet, now),
                pods.statuses(signal),
                memories.unseenLoad(now),
                Optional.empty(),
                circumstances);
    }

    private static int sizeOf(Observation.Known observation) {
        Scale scale = observation.scale();
        return Math.max(observation.pods().size(), Math.max(scale.spec(), scale.status()));
    }

    private Snapshot keep(Snapshot decided, Optional<Wake> wake) {
        Snapshot next = decided.withWake(wake);
        snapshot = Optional.of(next);
        return next;
    }
}
