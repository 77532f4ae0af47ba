package io.nimscaler.scaler;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.ExporterAnswer;
import io.nimscaler.poll.Phase;
import io.nimscaler.poll.PollRequest;
import io.nimscaler.poll.Polled;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.AdmissionOfFleet;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.PodValue;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.Traffic;
import io.nimscaler.signal.TrafficOfPod;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * One trigger of one ScaledObject. It keeps its pods' latest samples, makes a reading of the fleet each
 * {@code decisionInterval}, and decides. The triggers of one ScaledObject decide at the same moment. Each ScaledObject has its
 * own moment, so that a thousand do not decide at once.
 *
 * <p>One thread owns it; {@link #snapshot()} may be called from any.
 */
final class Scaler {

    /** So often what the policy remembers is told: from there on its decisions can be made again. */
    private static final int DECISIONS_PER_STATE = 60;

    /** So long may a watch and the first readings of its pods take. */
    private static final Duration NEW_FOR = Duration.ofSeconds(10);

    /** Far above any fleet of such pods, and half of what one event loop asks every 5 s; a wrong selector may match anything. */
    private static final int MOST_PODS = 5_000;

    /** Beside what the watch of pods holds for. */
    private static final Duration PODS_HOLD_FOR = Duration.ofMinutes(1);

    private final ScaledObjectId id;
    private final String name;
    private final boolean shadow;
    private final Trigger trigger;
    private final Policy policy;
    private final FleetSignal signal;
    private final boolean watches;
    private final PollRequest pollRequest;
    private final Instant madeAt;
    private final Phase phase;
    private final Map<String, PodMemory> memories = new LinkedHashMap<>();
    private final AdmissionOfFleet admission;
    private final Optional<FleetSignal> cost;
    private final Patience patience;
    private List<Pod> remembered = List.of();
    private DrainWatch drains;
    private Optional<Instant> blindSince = Optional.empty();
    private final AwaitedPods awaited = new AwaitedPods();
    private Optional<Instant> learnedAt = Optional.empty();
    private Instant due;
    private long decisions;
    private volatile Optional<Snapshot> snapshot = Optional.empty();
    private volatile long keptOfPods;

    /**
     * @param name see {@link TriggerId#name}
     * @param watches whether it tells the {@link Circumstances} of its decisions
     */
    Scaler(ScaledObjectId id, String name, Trigger trigger, boolean watches, Instant now) {
        this(
                id,
                name,
                false,
                trigger,
                new Policy(trigger),
                trigger.signal().ofFleet(),
                watches,
                admissionOf(trigger),
                costOf(trigger),
                now);
    }

    private Scaler(
            ScaledObjectId id,
            String name,
            boolean shadow,
            Trigger trigger,
            Policy policy,
            FleetSignal signal,
            boolean watches,
            AdmissionOfFleet admission,
            Optional<FleetSignal> cost,
            Instant now) {
        this.id = id;
        this.name = name;
        this.shadow = shadow;
        this.trigger = trigger;
        this.policy = policy;
        this.signal = signal;
        this.watches = watches;
        this.pollRequest = pollRequestOf(trigger, watches);
        this.admission = admission;
        this.cost = cost;
        this.patience = new Patience(trigger.deadlines().staleAfter());
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
                id,
                name,
                shadow,
                edited,
                policy.withTrigger(edited),
                signal,
                watches,
                admission,
                cost.or(() -> costOf(edited)),
                now);
        next.memories.putAll(memories);
        next.remembered = remembered;
        next.keptOfPods = keptOfPods;
        next.patience.goOnFrom(patience);
        next.drains = drains;
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
        Scaler heir = new Scaler(
                id,
                itsName,
                false,
                other,
                copy,
                other.signal().ofFleet(),
                watches,
                admissionOf(other),
                costOf(other),
                now);
        memories.forEach((uid, memory) -> heir.memories.put(uid, memory.copy(other)));
        heir.remembered = remembered;
        heir.count();
        heir.patience.goOnFrom(patience);
        heir.awaited.goOnFrom(awaited);
        return heir;
    }

    /** The scaler of a trigger's shadow, whose snapshots are not reported. */
    static Scaler shadowOf(Scaler reported, Trigger shadow, Instant now) {
        return new Scaler(
                reported.id,
                reported.name,
                true,
                shadow,
                new Policy(shadow),
                shadow.signal().ofFleet(),
                false,
                admissionOf(shadow),
                costOf(shadow),
                now);
    }

    /** What knows the cost of a request where the signal does not. */
    private static Optional<FleetSignal> costOf(Trigger trigger) {
        return trigger.costedBeside().map(Signal::ofFleet);
    }

    private static AdmissionOfFleet admissionOf(Trigger trigger) {
        return new AdmissionOfFleet(AdmissionOfFleet.window(trigger.reading().pollInterval()));
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
        List<Endpoint> endpoints = new ArrayList<>(memories.size());
        for (PodMemory memory : memories.values()) {
            memory.endpoint(trigger, id.namespace()).ifPresent(endpoints::add);
        }
        return endpoints;
    }

    /** Takes the answer of one of its endpoints into account; of any other, not at all. */
    void take(Polled polled, Instant askedAt) {
        Endpoint endpoint = polled.endpoint();
        PodMemory memory = memories.get(endpoint.podUid());
        if (memory != null
                && memory.endpoint(trigger, id.namespace())
                        .filter(endpoint::equals)
                        .isPresent()) {
            long before = memory.keptBytes();
            memory.take(polled, trigger, askedAt);
            // At once: thousands of pods may answer within a second
            keptOfPods += memory.keptBytes() - before;
            if (polled.result() instanceof ScrapeResult.Scraped(var series, var _)) {
                drains.take(endpoint.podUid(), series);
            }
        }
    }

    /** The nodes whose exporters are asked instead of its pods. */
    Set<String> gpuNodes() {
        if (!trigger.signal().isOfGpus()) {
            return Set.of();
        }
        return memories.values().stream()
                .flatMap(memory -> memory.gpuNode(trigger).stream())
                .collect(Collectors.toSet());
    }

    /** Takes into account what an exporter says of the pods on its node. */
    void take(ExporterAnswer answer, Instant askedAt) {
        if (!trigger.signal().isOfGpus()) {
            return;
        }
        memories.values().stream()
                .filter(memory ->
                        memory.gpuNode(trigger).filter(answer.node()::equals).isPresent())
                .forEach(memory -> answer.problem()
                        .ifPresentOrElse(
                                memory::take,
                                () -> memory.take(
                                        answer.of(id.namespace(), memory.podName()), answer::where, trigger, askedAt)));
    }

    /** Of heap, about, in bytes: what it keeps of all its pods; from any thread. */
    long keptOfPods() {
        return keptOfPods;
    }

    /** When it decides next; a new one at once. */
    Instant due() {
        return due;
    }

    /**
     * Makes a reading of the fleet and concludes from it.
     *
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
                forgetPods();
                yield decideBlindly(reason, now);
            }
            case Observation.Absent(String reason) -> decideBlindly(reason, now);
        };
        return keep(next, wake);
    }

    private Snapshot keep(Snapshot decided, Optional<Wake> wake) {
        Snapshot next = decided.withWake(wake);
        snapshot = Optional.of(next);
        return next;
    }

    private static int sizeOf(Observation.Known observation) {
        Scale scale = observation.scale();
        return Math.max(observation.pods().size(), Math.max(scale.spec(), scale.status()));
    }

    private Snapshot decide(Observation.Known observation, Optional<Wake> held, Instant now) {
        blindSince = Optional.empty();
        remember(observation.pods(), now);
        learn(observation.scale().spec(), held, now);
        Map<PodMemory, PodReading> readings = readings(now);
        List<PodReading> all = new ArrayList<>(readings.values());
        all.addAll(awaited.readings(
                observation.scale(),
                observation.pods().size(),
                trigger.deadlines().staleAfter(),
                patience.observed(),
                now));
        OptionalDouble level =
                trigger.signal().isAdditive() ? OptionalDouble.empty() : signal.level(valuesOf(readings, now));
        return conclude(
                new Fleet.Known(
                        observation.scale(),
                        observation.readyPods(),
                        all,
                        newcomers(readings, now),
                        level,
                        new Unserved(
                                unseenLoad(now),
                                admission(readings, now),
                                held.map(waiting -> held(waiting, readings.values())))),
                statuses(readings, now),
                circumstances(readings).with(drains.at(now, observation.pods())),
                now);
    }

    /** Where nobody looks at the pods for long, their addresses are others' by now, and there may be no room for them. */
    private Snapshot decideBlindly(String reason, Instant now) {
        Instant since = blindSince.orElse(now);
        blindSince = Optional.of(since);
        if (since.plus(PODS_HOLD_FOR).isBefore(now)) {
            forgetPods();
        }
        return conclude(new Fleet.NotKnown(reason), statuses(readings(now), now), Circumstances.UNWATCHED, now);
    }

    private void forgetPods() {
        memories.clear();
        remembered = List.of();
        keptOfPods = 0;
    }

    private Circumstances circumstances(Map<PodMemory, PodReading> readings) {
        if (!watches) {
            return Circumstances.UNWATCHED;
        }
        List<Duration> startUps = readings.keySet().stream()
                .flatMap(memory -> memory.takeStartUp().stream())
                .toList();
        boolean anyMissing = readings.values().stream().anyMatch(PodReading.Missing.class::isInstance);
        List<Traffic> traffic = readings.entrySet().stream()
                .filter(entry -> isRead(entry.getValue()))
                .map(entry -> entry.getKey().traffic())
                .toList();
        return new Circumstances(anyMissing ? Traffic.UNKNOWN : Traffic.total(traffic), startUps, Optional.empty());
    }

    private Snapshot conclude(Fleet fleet, List<PodStatus> pods, Circumstances circumstances, Instant now) {
        Optional<PolicyState> before =
                decisions++ % DECISIONS_PER_STATE == 0 ? Optional.of(policy.state()) : Optional.empty();
        return new Snapshot(
                id,
                name,
                shadow,
                trigger,
                before,
                policy.decide(fleet, now),
                pods,
                unseenLoad(now),
                Optional.empty(),
                circumstances);
    }

    /** A time in which this process stood still was not observed. */
    private void learn(int spec, Optional<Wake> held, Instant now) {
        Duration elapsed = Duration.between(learnedAt.orElse(now), now);
        Duration observed = elapsed.compareTo(trigger.deadlines().staleAfter()) > 0
                ? trigger.deadlines().staleAfter()
                : elapsed;
        learnedAt = Optional.of(now);
        signal.aimAt(trigger.target().value(), spec);
        held.ifPresent(waiting -> cost.orElse(signal).waitsInFront(waiting.demand(), now));
        signal.learn(
                memories.values().stream()
                        .flatMap(memory -> memory.fresh(trigger, now).stream())
                        .toList(),
                observed.isNegative() ? Duration.ZERO : observed);
        cost.ifPresent(knowing -> knowing.learn(
                memories.values().stream()
                        .flatMap(memory -> memory.freshCost(trigger, now).stream())
                        .toList(),
                observed.isNegative() ? Duration.ZERO : observed));
    }

    /** What the pods of R say. */
    private List<PodValue> valuesOf(Map<PodMemory, PodReading> readings, Instant now) {
        return readings.entrySet().stream()
                .filter(entry -> isRead(entry.getValue()))
                .flatMap(entry -> entry.getKey().fresh(trigger, now).stream())
                .toList();
    }

    private int newcomers(Map<PodMemory, PodReading> readings, Instant now) {
        Instant windowBegan = now.minus(trigger.signal().window());
        return (int) readings.entrySet().stream()
                .filter(entry -> isRead(entry.getValue()) && !entry.getKey().wasReadyBy(windowBegan))
                .count();
    }

    private static boolean isRead(PodReading reading) {
        return reading instanceof PodReading.Sampled || reading instanceof PodReading.Quiet;
    }

    /** The total of what the pods say of the load that the signal is blind to; empty: none says anything. */
    private OptionalDouble unseenLoad(Instant now) {
        double sum = 0;
        boolean any = false;
        for (PodMemory memory : memories.values()) {
            OptionalDouble load = memory.freshUnseen(trigger, now);
            any |= load.isPresent();
            sum += load.orElse(0);
        }
        return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    private Held held(Wake waiting, Collection<PodReading> pods) {
        FleetSignal knowing = cost.orElse(signal);
        if (waiting instanceof Wake.Unknown(String source, String reason)) {
            return new Held.Unknown(source, reason);
        }
        OptionalDouble each = knowing.costOfRequest();
        if (waiting.demand().isEmpty() || each.isEmpty()) {
            return new Held.Unknown(waiting.source(), "its last reading is too old");
        }
        double requests = waiting.demand().getAsDouble();
        boolean tooMuch = !knowing.takesQueuesForFlows() && requests * each.getAsDouble() > mostAtOnce(pods);
        return new Held.Known(waiting.source(), requests, tooMuch ? mostAtOnce(pods) / requests : each.getAsDouble());
    }

    /**
     * What waits and is no flow counts as no more than what the pods that are read show or would show at their target: they come to twice
     * as many at most, and once those are there to twice as many again.
     */
    private double mostAtOnce(Collection<PodReading> pods) {
        double[] shown = pods.stream()
                .filter(PodReading.Sampled.class::isInstance)
                .mapToDouble(pod -> ((PodReading.Sampled) pod).value())
                .toArray();
        return Math.max(DoubleStream.of(shown).sum(), trigger.target().value() * Math.max(1, shown.length));
    }

    private Optional<Admission> admission(Map<PodMemory, PodReading> readings, Instant now) {
        readings.keySet().forEach(memory -> memory.admitted().ifPresent(admission::add));
        int serving = (int) readings.values().stream().filter(Scaler::isRead).count();
        return admission.at(now, serving);
    }

    /** What is kept of a pod goes with the pod. */
    private void remember(List<Pod> pods, Instant now) {
        if (pods.equals(remembered)) {
            memories.forEach((uid, memory) -> memory.describe(memory.pod(), trigger, now));
            return;
        }
        remembered = List.copyOf(pods);
        Map<String, Pod> present =
                pods.stream().collect(Collectors.toMap(Pod::uid, pod -> pod, (one, same) -> one, LinkedHashMap::new));
        memories.keySet().retainAll(present.keySet());
        present.forEach((uid, pod) -> memories.computeIfAbsent(uid, fresh -> new PodMemory(pod, trigger, watches))
                .describe(pod, trigger, now));
        count();
    }

    private void count() {
        keptOfPods = memories.values().stream().mapToLong(PodMemory::keptBytes).sum();
    }

    private Map<PodMemory, PodReading> readings(Instant now) {
        patience.pass(memories.values().stream().anyMatch(memory -> memory.isRead(trigger, now)), now);
        Map<PodMemory, PodReading> readings = new LinkedHashMap<>();
        memories.values()
                .forEach(memory -> readings.put(memory, memory.reading(trigger, signal, now, patience.observed())));
        return readings;
    }

    private List<PodStatus> statuses(Map<PodMemory, PodReading> readings, Instant now) {
        return readings.entrySet().stream()
                .map(entry -> entry.getKey()
                        .status(
                                entry.getValue(),
                                signal,
                                now.minus(trigger.deadlines().staleAfter())))
                .toList();
    }
}
