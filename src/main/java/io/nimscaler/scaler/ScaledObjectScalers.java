package io.nimscaler.scaler;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Decision;
import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.ExporterAnswer;
import io.nimscaler.poll.ExporterPolls;
import io.nimscaler.poll.NamesInUse;
import io.nimscaler.poll.PodPolls;
import io.nimscaler.poll.PollRequest;
import io.nimscaler.poll.Polled;
import io.nimscaler.poll.Scraper;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import io.nimscaler.wake.StartUps;
import io.nimscaler.wake.Wake;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scalers of one ScaledObject, and the polls of its pods, which they share. An endpoint is asked once in the shortest of
 * their intervals, however many triggers read it. {@link ExporterPolls} asks the exporters, which several ScaledObjects share.
 */
final class ScaledObjectScalers {

    private static final Duration LOOK_AT_CALLS_EVERY = Duration.ofSeconds(1);

    private final ScaledObjectId id;
    private final ExporterPolls exporters;
    private final boolean watches;
    private final StartUps startUps = new StartUps();
    private final PodPolls polls;
    private final AdoptedTriggers adopted = new AdoptedTriggers();
    private Set<Trigger> declared = Set.of();
    private volatile Set<TriggerByCall> byCall = Set.of();
    /** By the trigger as a call shows it. */
    private volatile Map<Trigger, Scaler> scalers = Map.of();

    private volatile Map<String, Scaler> shadows = Map.of();

    /** Those and these. */
    private volatile List<Scaler> all = List.of();

    /** What one scaler wants, and of whom. */
    private record Wish(PollRequest request, List<Endpoint> endpoints) {}

    private List<Wish> wished = List.of();

    /** The nodes whose exporters its scalers look at. */
    private Set<String> gpuNodes = Set.of();

    /**
     * @param names which the polls of all ScaledObjects share
     * @param watches whether the {@link Circumstances} of decisions are told
     */
    ScaledObjectScalers(ScaledObjectId id, ExporterPolls exporters, NamesInUse names, boolean watches) {
        this.id = id;
        this.exporters = exporters;
        this.polls = new PodPolls(names);
        this.watches = watches;
    }

    void replace(Set<Trigger> triggers, Set<TriggerByCall> nowByCall, Instant now) {
        declared = triggers;
        byCall = Set.copyOf(nowByCall);
        if (byCall.isEmpty()) {
            adopted.clear();
        }
        adopted.edited(this::fits, now);
        adjustScalers(now);
    }

    /** Whether it has triggers that only a call can tell in full; from any thread. */
    boolean acceptsTriggersByCall() {
        return !byCall.isEmpty();
    }

    /** A trigger that only a call tells, see {@link AdoptedTriggers}. */
    void adopt(Trigger trigger, WrittenMetadata written, Instant now) {
        if (!scalers.containsKey(trigger)
                && fits(written)
                && asCompared(trigger).isPresent()
                && adopted.adopt(trigger, written, now)) {
            adjustScalers(now);
        }
    }

    /** Whether a call can be for one of those that only calls tell; from any thread. */
    private boolean fits(WrittenMetadata called) {
        return byCall.stream().anyMatch(one -> one.fits(called));
    }

    /** Whether it can be for any; from any thread. */
    boolean isExpected(Trigger trigger, WrittenMetadata written) {
        return scalers.containsKey(trigger.asCalled()) || fits(written);
    }

    /**
     * Where all that a call can tell are compared alike, this one is, too; else only what it states itself says which of them it is.
     *
     * @return empty: there is none, or it is not known how this one is compared
     */
    private Optional<Trigger> asCompared(Trigger called) {
        Set<MetricType> metricTypes =
                byCall.stream().map(TriggerByCall::metricType).collect(Collectors.toSet());
        List<Trigger> possible = metricTypes.stream()
                .map(called::under)
                .filter(trigger -> metricTypes.size() == 1
                        || (trigger.target().statedAggregation().isPresent()
                                && trigger.mismatch().isEmpty()))
                .toList();
        return possible.size() == 1 ? Optional.of(possible.getFirst()) : Optional.empty();
    }

    private void adjustScalers(Instant now) {
        Set<Trigger> triggers = new LinkedHashSet<>(declared);
        adopted.triggers().forEach(called -> asCompared(called).ifPresent(triggers::add));
        List<Scaler> obsolete = new ArrayList<>(scalers.values());
        obsolete.removeIf(scaler -> triggers.contains(scaler.trigger()));
        obsolete.sort(Comparator.comparing(Scaler::name));
        Map<Trigger, Scaler> next = new HashMap<>(scalers);
        next.values().removeIf(scaler -> !triggers.contains(scaler.trigger()));
        // Those that go on keep their names, the others get what is free in the order in which they are declared
        List<Trigger> fresh = new ArrayList<>();
        for (Trigger trigger : triggers) {
            if (!next.containsKey(trigger.asCalled())) {
                successor(trigger, obsolete, now)
                        .ifPresentOrElse(scaler -> next.put(trigger.asCalled(), scaler), () -> fresh.add(trigger));
            }
        }
        for (Trigger trigger : fresh) {
            String name = freeName(trigger, next.values());
            Scaler scaler = testator(trigger)
                    .map(other -> other.heir(name, trigger, now))
                    .orElseGet(() -> new Scaler(id, name, trigger, watches, now));
            next.put(trigger.asCalled(), scaler);
        }
        scalers = Map.copyOf(next);
        adjustShadows(now);
        if (next.isEmpty()) {
            // Nobody decides any more, and what is asked goes with what is decided
            adjustPolls(now);
        }
    }

    /** By the name of the trigger whose shadow they are. */
    private void adjustShadows(Instant now) {
        Map<String, Scaler> next = new HashMap<>();
        for (Scaler reported : scalers.values()) {
            reported.trigger().shadow().ifPresent(shadow -> next.put(reported.name(), shadow(reported, shadow, now)));
        }
        shadows = Map.copyOf(next);
        all = Stream.concat(scalers.values().stream(), next.values().stream()).toList();
    }

    private Scaler shadow(Scaler reported, Trigger shadow, Instant now) {
        Optional<Scaler> before = Optional.ofNullable(shadows.get(reported.name()))
                .filter(scaler -> scaler.trigger().measuresTheSameAs(shadow));
        return before.map(scaler -> scaler.trigger().equals(shadow) ? scaler : scaler.withTrigger(shadow, now))
                .orElseGet(() -> Scaler.shadowOf(reported, shadow, now));
    }

    private static String freeName(Trigger trigger, Collection<Scaler> others) {
        Set<String> taken = others.stream().map(Scaler::name).collect(Collectors.toSet());
        String name = trigger.metricName();
        for (int i = 2; taken.contains(name); i++) {
            name = trigger.metricName() + "-" + i;
        }
        return name;
    }

    private Optional<Scaler> successor(Trigger trigger, List<Scaler> obsolete, Instant now) {
        Optional<Scaler> predecessor = obsolete.stream()
                .filter(scaler -> scaler.trigger().measuresTheSameAs(trigger))
                .findFirst();
        predecessor.ifPresent(obsolete::remove);
        return predecessor.map(scaler -> scaler.withTrigger(trigger, now));
    }

    /**
     * That a call tells other values is no edit: the trigger that it told before may go on. But both measure the same, so the one heard
     * of first hands down what it has observed.
     */
    private Optional<Scaler> testator(Trigger trigger) {
        List<Trigger> byCalls = adopted.triggers();
        return byCalls.contains(trigger.asCalled())
                ? byCalls.stream()
                        .flatMap(other -> Optional.ofNullable(scalers.get(other)).stream())
                        .filter(scaler -> scaler.trigger().measuresTheSameAs(trigger))
                        .findFirst()
                : Optional.empty();
    }

    /** When time has to pass for it next; {@link Instant#MAX}: for nothing. */
    Instant due(Instant now) {
        // What calls said is forgotten in time
        Instant next = acceptsTriggersByCall() ? now.plus(LOOK_AT_CALLS_EVERY) : Instant.MAX;
        next = earlier(next, polls.due());
        for (Scaler scaler : scalers.values()) {
            next = earlier(next, scaler.due());
        }
        for (Scaler shadow : shadows.values()) {
            next = earlier(next, shadow.due());
        }
        return next;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    void tick(Instant now, Pods pods, Scraper scraper, WakeSources wakeSources, Consumer<Snapshot> decided) {
        if (adopted.forget(now)) {
            adjustScalers(now);
        }
        boolean anyDecided = false;
        for (Scaler scaler : scalers.values()) {
            anyDecided |= decideIfDue(scaler, now, pods, wakeSources, decided);
        }
        if (anyDecided) {
            adjustPolls(now);
        }
        polls.pollIfDue(now, scraper, this::deliver);
        // Last, so that nothing of theirs, not even a bug, comes before what is reported
        for (Scaler shadow : shadows.values()) {
            decideIfDue(shadow, now, pods, wakeSources, decided);
        }
    }

    private boolean decideIfDue(
            Scaler scaler, Instant now, Pods pods, WakeSources wakeSources, Consumer<Snapshot> decided) {
        boolean due = !now.isBefore(scaler.due());
        if (due) {
            Trigger trigger = scaler.trigger();
            Optional<Wake> wake = wakeSources.wake(id.namespace(), trigger, startUps.longest(), now);
            Optional<Wake> held = wakeSources.waitingAt(id.namespace(), trigger, now);
            Snapshot snapshot = scaler.decide(pods.observe(id, trigger.reading().podSelector()), wake, held, now);
            observeStartUp(snapshot, now);
            decided.accept(snapshot);
        }
        return due;
    }

    private void observeStartUp(Snapshot snapshot, Instant now) {
        if (snapshot.shadow()) {
            return;
        }
        switch (snapshot.decision().basis()) {
            case Decision.Basis.Known known -> {
                boolean sampled = snapshot.pods().stream().anyMatch(pod -> pod.state() == PodState.SAMPLED);
                startUps.observe(known.scale().spec(), sampled, now);
            }
            case Decision.Basis.NotKnown _ -> startUps.lose();
        }
    }

    /** What is asked goes with what is wanted: an endpoint of no scaler is asked no more. */
    private void adjustPolls(Instant now) {
        List<Wish> wishes = new ArrayList<>();
        Set<String> nodes = new HashSet<>();
        for (Scaler scaler : all) {
            wishes.add(new Wish(scaler.pollRequest(), scaler.endpoints()));
            for (String node : scaler.gpuNodes()) {
                exporters.want(node, scaler.pollRequest(), now);
                nodes.add(node);
            }
        }
        gpuNodes = nodes;
        if (!wishes.equals(wished)) {
            wished = wishes;
            Map<Endpoint, PollRequest> requests = new HashMap<>();
            wishes.forEach(wish ->
                    wish.endpoints().forEach(endpoint -> requests.merge(endpoint, wish.request(), PollRequest::and)));
            polls.want(requests, now);
        }
    }

    private void deliver(Polled polled, Instant askedAt) {
        for (Scaler scaler : all) {
            scaler.take(polled, askedAt);
        }
    }

    /** What an exporter says, shadows included. */
    void take(ExporterAnswer answer, Instant askedAt) {
        if (gpuNodes.contains(answer.node())) {
            all.forEach(scaler -> scaler.take(answer, askedAt));
        }
    }

    Optional<Snapshot> snapshot(Trigger trigger) {
        return Optional.ofNullable(scalers.get(trigger.asCalled())).flatMap(Scaler::snapshot);
    }

    /** The same for a call of KEDA's, which is noted. */
    Optional<Snapshot> called(Trigger trigger, Instant now) {
        adopted.called(trigger, now);
        return snapshot(trigger);
    }

    boolean isNew(Trigger trigger, Instant now) {
        Scaler scaler = scalers.get(trigger.asCalled());
        return scaler == null || scaler.isNew(now);
    }

    /** Shadows included. */
    List<Snapshot> snapshots() {
        return all.stream()
                .flatMap(scaler -> scaler.snapshot().stream())
                .sorted(Comparator.comparing(Snapshot::triggerName).thenComparing(Snapshot::shadow))
                .toList();
    }

    /** Of heap, about, in bytes: what all of them keep of their pods; from any thread. */
    long keptOfPods() {
        return all.stream().mapToLong(Scaler::keptOfPods).sum();
    }

    /** A decision that nothing is known yet does not count, and a shadow is not waited for. */
    boolean allHaveDecided() {
        return snapshots().stream()
                        .filter(snapshot -> !snapshot.shadow())
                        .filter(snapshot -> !(snapshot.decision() instanceof Decision.Unknown))
                        .count()
                == scalers.size();
    }
}
