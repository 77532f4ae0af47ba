package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.DeletionCosts;
import io.nimscaler.scaler.DeletionCosts.Candidate;
import io.nimscaler.scaler.DeletionCosts.Change;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.signal.Sample;
import io.nimscaler.window.MinuteBudget;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Marks the pods that should go first, if a trigger says {@code scaleDown: idlest}: once for each scale-down, and again every 15
 * s while the scale-down is pending and other pods have become idler. It removes the marks when for half a minute it was known
 * that no fewer replicas are asked for, when no trigger says so any more, and when the ScaledObject goes.
 *
 * <p>Every replica of the scaler may write, and none needs to know the others. A patch names the version of the pod that it was
 * made for. So the API server refuses it if another writer has changed the pod since: of two patches only the first counts, and
 * no value of another writer is overwritten. Each of these patches comes from readings of the last seconds.
 */
final class IdlestFirst {

    private static final Logger LOG = Logger.getLogger(IdlestFirst.class);

    /** Its pods are a ReplicaSet's, whose controller looks at the cost; those of a StatefulSet go by their numbers. */
    private static final Set<String> RANKED = Set.of("deployments.apps", "replicasets.apps", "rollouts.argoproj.io");

    private static final Duration BETWEEN_RANKINGS = Duration.ofSeconds(15);

    /** The HPA has acted, and the pods that were to go are gone. */
    private static final Duration TAKEN_BACK_AFTER = Duration.ofSeconds(30);

    /** After the API server has refused it. */
    private static final Duration WITHOUT_THE_RIGHT = Duration.ofMinutes(10);

    /** For all ScaledObjects together. */
    private static final int WRITES_PER_MINUTE = 60;

    private static final int UNPROCESSABLE = 422;

    /**
     * What one trigger asks for.
     *
     * @param fewer how many pods there are too many; empty: it is not known whether there are
     */
    private record Wish(OptionalInt fewer, Instant at) {}

    private static final class Drop {
        private final Map<String, Wish> wishes = new HashMap<>();
        private Instant askedAt = Instant.MIN;
        private Optional<Instant> calmSince = Optional.empty();
        private int ranked;
        private Instant rankAgainAt = Instant.MIN;
        private Instant takeBackAgainAt = Instant.MIN;
        private Instant refusedUntil = Instant.MIN;

        /**
         * The HPA follows the trigger that asks for most replicas, and takes none away while one of them is unknown.
         *
         * @return empty: not known
         */
        private OptionalInt fewer(Instant now) {
            wishes.values().removeIf(wish -> wish.at().plus(TAKEN_BACK_AFTER).isBefore(now));
            return wishes.values().stream().anyMatch(wish -> wish.fewer().isEmpty())
                    ? OptionalInt.empty()
                    : wishes.values().stream()
                            .mapToInt(wish -> wish.fewer().orElseThrow())
                            .min();
        }

        private boolean isCalm(Instant now) {
            return calmSince
                    .filter(since -> !since.plus(TAKEN_BACK_AFTER).isAfter(now))
                    .isPresent();
        }
    }

    private final KubernetesClient client;
    private final ScaledObjectEvents events;
    private final Executor executor;
    private final InstantSource clock;
    private final Map<ScaledObjectId, Drop> drops = new ConcurrentHashMap<>();
    private final MinuteBudget budget = new MinuteBudget(WRITES_PER_MINUTE);

    IdlestFirst(KubernetesClient client, ScaledObjectEvents events, Executor executor, InstantSource clock) {
        this.client = client;
        this.events = events;
        this.executor = executor;
        this.clock = clock;
    }

    /** Whether the order in which pods of this scale target go can be said. */
    static boolean canRank(ScaleTarget target) {
        return RANKED.contains(target.resource() + "." + target.group());
    }

    /**
     * @param pods those of the scale target as the watch has them
     */
    void decided(ScaledObject scaledObject, Snapshot snapshot, Supplier<List<Pod>> pods) {
        if (snapshot.shadow()
                || scaledObject.target().filter(IdlestFirst::canRank).isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        boolean isIdlestFirst = snapshot.trigger().isIdlestFirst();
        Drop drop = isIdlestFirst
                ? drops.computeIfAbsent(scaledObject.id(), _ -> new Drop())
                : drops.get(scaledObject.id());
        if (drop == null) {
            return;
        }
        List<Pod> present = pods.get();
        synchronized (drop) {
            drop.wishes.put(snapshot.triggerName(), new Wish(tooMany(scaledObject, snapshot, present.size()), now));
        }
        if (isIdlestFirst) {
            rank(scaledObject, snapshot, present, drop, now);
        } else if (isNotRankedAnyMore(drop, now) && !takeBack(scaledObject, present, drop)) {
            // What stands there from now on is of another scaler, which has a trigger of this ScaledObject too
            drops.remove(scaledObject.id());
        }
    }

    private void rank(ScaledObject scaledObject, Snapshot snapshot, List<Pod> pods, Drop drop, Instant now) {
        int fewer;
        synchronized (drop) {
            drop.askedAt = now;
            OptionalInt known = drop.fewer(now);
            drop.calmSince = known.isPresent() && known.getAsInt() == 0
                    ? drop.calmSince.or(() -> Optional.of(now))
                    : Optional.empty();
            if (known.isEmpty() || drop.refusedUntil.isAfter(now)) {
                // Unknown is no end of a drop: this process may be too young to know why the other one has marked pods
                return;
            }
            fewer = known.getAsInt();
            if (fewer == 0) {
                if (!drop.isCalm(now) || drop.takeBackAgainAt.isAfter(now)) {
                    return;
                }
                drop.ranked = 0;
                drop.takeBackAgainAt = now.plus(BETWEEN_RANKINGS);
            } else {
                if (fewer <= drop.ranked && drop.rankAgainAt.isAfter(now)) {
                    return;
                }
                drop.ranked = fewer;
                drop.rankAgainAt = now.plus(BETWEEN_RANKINGS);
            }
        }
        write(scaledObject, DeletionCosts.changes(candidates(snapshot, pods), fewer), pods, drop);
    }

    /** Of several triggers one is enough that says so. */
    private static boolean isNotRankedAnyMore(Drop drop, Instant now) {
        synchronized (drop) {
            if (drop.askedAt.plus(TAKEN_BACK_AFTER).isAfter(now)
                    || drop.takeBackAgainAt.isAfter(now)
                    || drop.refusedUntil.isAfter(now)) {
                return false;
            }
            drop.takeBackAgainAt = now.plus(BETWEEN_RANKINGS);
            return true;
        }
    }

    /** Whether there was anything. */
    private boolean takeBack(ScaledObject scaledObject, List<Pod> pods, Drop drop) {
        List<Change> changes =
                DeletionCosts.changes(pods.stream().map(IdlestFirst::unread).toList(), 0);
        write(scaledObject, changes, pods, drop);
        return !changes.isEmpty();
    }

    /**
     * How many pods more there are than the answer asks for, where it asks for fewer than are wanted. A pause or a formula keeps it from
     * being what the HPA does.
     *
     * @return empty: another replica of the scaler may know more, and ask for fewer
     */
    private static OptionalInt tooMany(ScaledObject scaledObject, Snapshot snapshot, int present) {
        if (scaledObject.scaling().pause().isPresent() || scaledObject.scaling().isJoined()) {
            return OptionalInt.of(0);
        }
        return switch (snapshot.decision()) {
            case Decision.Report(double _, Decision.Basis.Known basis) ->
                OptionalInt.of(surplus(scaledObject, snapshot, basis.scale(), present));
            case Decision.Hold(HoldReason reason, var _) ->
                switch (reason) {
                    case STABILIZATION, STEP_TAKEN_BACK, REQUESTS_WAITING, REQUESTS_REFUSED -> OptionalInt.of(0);
                    case ALL_STARTING,
                            NO_SAMPLES,
                            TOO_FEW_OBSERVATIONS,
                            UNDECIDED,
                            WINDOW_NOT_FULL,
                            DEMAND_SOURCE_UNKNOWN -> OptionalInt.empty();
                };
            case Decision.Unknown _ -> OptionalInt.empty();
        };
    }

    private static int surplus(ScaledObject scaledObject, Snapshot snapshot, Scale scale, int present) {
        long desired = snapshot.hpaDesiredReplicas().isPresent()
                ? scaledObject
                        .replicaBounds()
                        .clamp(snapshot.hpaDesiredReplicas().getAsLong())
                : scale.spec();
        return desired < scale.spec() ? (int) Math.max(0, present - desired) : 0;
    }

    /** One of which nothing is known but its cost. */
    private static Candidate unread(Pod pod) {
        return new Candidate(
                pod.getMetadata().getName(),
                PodMapping.isReady(pod),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                DeletionCosts.written(pod.getMetadata().getAnnotations()));
    }

    private static List<Candidate> candidates(Snapshot snapshot, List<Pod> pods) {
        Map<String, PodStatus> statuses = snapshot.pods().stream()
                .collect(Collectors.toMap(PodStatus::name, Function.identity(), (one, same) -> one));
        return pods.stream()
                .map(pod -> {
                    Optional<PodStatus> status =
                            Optional.ofNullable(statuses.get(pod.getMetadata().getName()));
                    return new Candidate(
                            pod.getMetadata().getName(),
                            PodMapping.isReady(pod),
                            status.map(PodStatus::requests).orElse(OptionalDouble.empty()),
                            status.flatMap(PodStatus::sample)
                                    .map(Sample::value)
                                    .map(OptionalDouble::of)
                                    .orElse(OptionalDouble.empty()),
                            DeletionCosts.written(pod.getMetadata().getAnnotations()));
                })
                .toList();
    }

    private void write(ScaledObject scaledObject, List<Change> changes, List<Pod> pods, Drop drop) {
        if (!changes.isEmpty()) {
            executor.execute(() -> writeNow(scaledObject, changes, pods, drop));
        }
    }

    private void writeNow(ScaledObject scaledObject, List<Change> changes, List<Pod> pods, Drop drop) {
        Map<String, Pod> byName = pods.stream()
                .collect(Collectors.toMap(pod -> pod.getMetadata().getName(), Function.identity(), (one, same) -> one));
        for (Change change : changes) {
            Pod pod = byName.get(change.name());
            if (pod == null || !mayWrite()) {
                return;
            }
            try {
                client.pods()
                        .inNamespace(pod.getMetadata().getNamespace())
                        .resource(pod)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), patch(pod, change));
            } catch (KubernetesClientException e) {
                if (isForbidden(e)) {
                    synchronized (drop) {
                        drop.refusedUntil = clock.instant().plus(WITHOUT_THE_RIGHT);
                    }
                    events.warn(
                            scaledObject,
                            "PodsNotRanked",
                            "scaleDown: idlest needs the right to annotate pods (overlay scale-down): "
                                    + e.getMessage());
                    return;
                }
                LOG.debugf("the pod was not annotated pod=%s reason=%s", change.name(), e.getMessage());
            }
        }
    }

    /** By the roles, or by an admission policy. */
    private static boolean isForbidden(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                || (e.getCode() == UNPROCESSABLE
                        && Objects.toString(e.getMessage()).contains("ValidatingAdmissionPolicy"));
    }

    private synchronized boolean mayWrite() {
        return budget.take(clock.instant());
    }

    /** For this version of the pod alone. */
    private static String patch(Pod pod, Change change) {
        String cost = change.cost().map(value -> '"' + value + '"').orElse("null");
        return """
                {"metadata": {"uid": "%s", "resourceVersion": "%s", "annotations": {"%s": %s}}}""".formatted(
                pod.getMetadata().getUid(), pod.getMetadata().getResourceVersion(), DeletionCosts.ANNOTATION, cost);
    }

    /**
     * What is kept of a ScaledObject goes with it, and what was written for it.
     *
     * @param pods those of its scale target as the watch had them
     */
    void forget(ScaledObject scaledObject, List<Pod> pods) {
        Drop drop = drops.remove(scaledObject.id());
        if (drop != null) {
            takeBack(scaledObject, pods, drop);
        }
    }
}
