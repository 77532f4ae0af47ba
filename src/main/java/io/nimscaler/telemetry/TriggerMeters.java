package io.nimscaler.telemetry;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.State;
import io.nimscaler.wake.Wake;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The gauges of triggers, made from the latest snapshots when the metrics are read. What is unknown is NaN, never 0.
 *
 * <p>Those of a shadow have other names, so that no sum and no alert mixes them with reported values.
 *
 * <p>Labels are bounded: namespace, scaledobject, trigger, and state, reason or source of demand; never a pod's name.
 */
public final class TriggerMeters {

    private final CollectorRegistry registry;
    private final Supplier<? extends Collection<Snapshot>> latest;
    private final Function<ScaledObjectId, Optional<ReplicaBounds>> bounds;
    private final boolean shadow;

    private TriggerMeters(
            CollectorRegistry registry,
            Supplier<? extends Collection<Snapshot>> latest,
            Function<ScaledObjectId, Optional<ReplicaBounds>> bounds,
            boolean shadow) {
        this.registry = registry;
        this.latest = latest;
        this.bounds = bounds;
        this.shadow = shadow;
    }

    /**
     * Shows them from now on.
     *
     * @param latest the triggers' latest snapshots, shadows' too; asked whenever the gauges are, from any thread
     * @param bounds between how many replicas the HPA of a ScaledObject may choose; asked as often
     */
    public static void show(
            CollectorRegistry registry,
            Supplier<? extends Collection<Snapshot>> latest,
            Function<ScaledObjectId, Optional<ReplicaBounds>> bounds) {
        new TriggerMeters(registry, latest, bounds, false).show();
        new TriggerMeters(registry, latest, bounds, true).show();
    }

    private void show() {
        gauge(
                "demand",
                "Load of the whole fleet now, in the signal's unit",
                s -> orNaN(s.decision().basis().demand()));
        gauge(
                "demand_smoothed",
                "Load of the whole fleet, smoothed",
                s -> orNaN(s.decision().basis().windows().smoothed()));
        gauge(
                "demand_highest",
                "Highest smoothed load within the downscale window",
                s -> orNaN(s.decision().basis().windows().highest()));
        gauge("value", "The value that KEDA gets; NaN while KEDA gets none (UNAVAILABLE)", TriggerMeters::value);
        gauge(
                "target_value",
                "What one replica should carry",
                s -> s.trigger().target().value());
        gauge("replicas_wanted", "spec.replicas of the scale target", s -> replicas(s, Scale::spec));
        gauge("replicas_present", "status.replicas of the scale target", s -> replicas(s, Scale::status));
        gauge(
                "replicas_minimum",
                "minReplicaCount of the ScaledObject; NaN where it is not known",
                s -> bound(s, ReplicaBounds::least));
        gauge(
                "replicas_maximum",
                "maxReplicaCount of the ScaledObject; NaN where it is not known",
                s -> bound(s, ReplicaBounds::most));
        family(
                "state",
                "1 while the trigger is in this state; the states are those of the page",
                List.of("namespace", "scaledobject", "state", "trigger"),
                (s, rows) -> {
                    State now = Standing.of(s, bounds.apply(s.scaledObject())).state();
                    for (State state : State.values()) {
                        // A refused trigger has no decision: nim_scaler_trigger_refused
                        if (state != State.REFUSED) {
                            rows.add(
                                    List.of(namespace(s), name(s), state.label(), s.triggerName()),
                                    now == state ? 1 : 0);
                        }
                    }
                });
        gauge(
                "active",
                "1 while the trigger is active, 0 while it is inactive, NaN while that is not known",
                TriggerMeters::active);
        gauge(
                "unknown",
                "1 while the load is unknown and KEDA gets no value (UNAVAILABLE)",
                s -> s.decision() instanceof Decision.Unknown ? 1 : 0);
        gauge("sample_age_seconds", "Age of the oldest sample that the decision uses", TriggerMeters::oldestSampleAge);
        gauge(
                "requests_waiting",
                "Requests that wait for room in the pods; NaN unless the signal is KV cache usage, which does not show them",
                s -> orNaN(s.unseenLoad()));
        family(
                "requests_held",
                "Requests that wait at the demand source; NaN while that is not known",
                List.of("demand_source", "namespace", "scaledobject", "trigger"),
                (s, rows) -> s.trigger()
                        .waking()
                        .demandSource()
                        .ifPresent(
                                source -> rows.add(List.of(source, namespace(s), name(s), s.triggerName()), held(s))));
        gauge(
                "requests_refused_ratio",
                "Share of the requests that the pods refuse because they are full; NaN while that is not known",
                TriggerMeters::refusedRatio);
        gauge(
                "drain_too_short",
                "1 while pods have too little time to end their requests when they go; NaN while that is not known",
                s -> s.circumstances()
                        .drain()
                        .map(drain -> drain.isShort() ? 1.0 : 0.0)
                        .orElse(Double.NaN));
        gauge(
                "queue_unseen",
                "1 while requests wait although the KV cache usage is below its target; NaN where that is not known",
                TriggerMeters::queueUnseen);
        family(
                "wake_demand",
                "Demand by the last reading of the wake source; NaN while that is not known",
                List.of("namespace", "scaledobject", "trigger", "wake_source"),
                (s, rows) -> s.trigger()
                        .waking()
                        .source()
                        .ifPresent(source -> rows.add(
                                List.of(namespace(s), name(s), s.triggerName(), source),
                                orNaN(s.wake().map(Wake::demand).orElse(OptionalDouble.empty())))));
        family(
                "pods",
                "Number of pods in this state; NaN while the pods are not known",
                List.of("namespace", "scaledobject", "state", "trigger"),
                (s, rows) -> {
                    for (PodState state : PodState.values()) {
                        rows.add(List.of(namespace(s), name(s), state.label(), s.triggerName()), count(s, state));
                    }
                });
        family(
                "hold",
                "1 while the replicas are held for this reason",
                List.of("namespace", "reason", "scaledobject", "trigger"),
                (s, rows) -> {
                    for (HoldReason reason : HoldReason.values()) {
                        rows.add(
                                List.of(namespace(s), reason.label(), name(s), s.triggerName()),
                                s.decision() instanceof Decision.Hold(HoldReason why, var _) && why == reason ? 1 : 0);
                    }
                });
    }

    private interface RowsOfOne {
        void add(Snapshot snapshot, GaugeFamily.Rows rows);
    }

    private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
        family(
                name,
                description,
                List.of("namespace", "scaledobject", "trigger"),
                (s, rows) -> rows.add(List.of(namespace(s), name(s), s.triggerName()), value.applyAsDouble(s)));
    }

    /** Label names in alphabetical order, as Micrometer has its own. */
    private void family(String name, String description, List<String> labelNames, RowsOfOne each) {
        String fullName = (shadow ? "nim_scaler_shadow_" : "nim_scaler_") + name;
        registry.register(new GaugeFamily(
                fullName,
                description,
                labelNames,
                rows -> latest.get().stream()
                        .filter(snapshot -> snapshot.shadow() == shadow)
                        .forEach(snapshot -> each.add(snapshot, rows))));
    }

    private static String namespace(Snapshot snapshot) {
        return snapshot.scaledObject().namespace();
    }

    private static String name(Snapshot snapshot) {
        return snapshot.scaledObject().name();
    }

    private double bound(Snapshot snapshot, Function<ReplicaBounds, Integer> bound) {
        return bounds.apply(snapshot.scaledObject())
                .map(bound)
                .map(Integer::doubleValue)
                .orElse(Double.NaN);
    }

    private static double value(Snapshot snapshot) {
        return snapshot.answer() instanceof Answer.Value(long milli) ? milli / 1000.0 : Double.NaN;
    }

    private static double replicas(Snapshot snapshot, ToDoubleFunction<Scale> number) {
        return switch (snapshot.decision().basis()) {
            case Decision.Basis.Known known -> number.applyAsDouble(known.scale());
            case Decision.Basis.NotKnown _ -> Double.NaN;
        };
    }

    private static double active(Snapshot snapshot) {
        return switch (snapshot.activity()) {
            case ACTIVE -> 1;
            case INACTIVE -> 0;
            case UNKNOWN -> Double.NaN;
        };
    }

    private static double queueUnseen(Snapshot snapshot) {
        if (snapshot.unseenLoad().isEmpty()) {
            return Double.NaN;
        }
        return snapshot.isQueueUnseen() ? 1 : 0;
    }

    private static double held(Snapshot snapshot) {
        return snapshot.decision()
                .basis()
                .known()
                .flatMap(known -> known.fleet().unserved().knownHeld())
                .map(Held.Known::requests)
                .orElse(Double.NaN);
    }

    /** Of none that came none was refused. */
    private static double refusedRatio(Snapshot snapshot) {
        return snapshot.decision()
                .basis()
                .known()
                .flatMap(known -> known.fleet().unserved().admission())
                .map(admission -> admission.refused() / Math.max(1, admission.taken() + admission.refused()))
                .orElse(Double.NaN);
    }

    private static double count(Snapshot snapshot, PodState state) {
        return switch (snapshot.decision().basis()) {
            case Decision.Basis.Known _ ->
                snapshot.pods().stream().filter(pod -> pod.state() == state).count();
            case Decision.Basis.NotKnown _ -> Double.NaN;
        };
    }

    private static double oldestSampleAge(Snapshot snapshot) {
        return snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.SAMPLED)
                .flatMap(pod -> pod.sample().stream())
                .mapToDouble(sample -> Duration.between(
                                        sample.readAt(),
                                        snapshot.decision().basis().at())
                                .toMillis()
                        / 1000.0)
                .max()
                .orElse(Double.NaN);
    }

    private static double orNaN(OptionalDouble value) {
        return value.orElse(Double.NaN);
    }
}
