package io.nimscaler.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.State;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The gauges of one trigger, which read its latest snapshot when they are asked. What is unknown is NaN, never 0.
 *
 * <p>Those of a shadow have names of their own, so that no sum and no alert takes it for what is reported.
 *
 * <p>Labels are bounded: namespace, scaledobject, trigger, and state or reason; never a pod's name.
 */
final class TriggerMeters {

    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Tags tags;
    private final String prefix;
    private volatile Snapshot snapshot;
    private volatile Optional<ReplicaBounds> bounds;
    private volatile State state;

    TriggerMeters(MeterRegistry registry, Snapshot first, Optional<ReplicaBounds> bounds) {
        this.registry = registry;
        this.snapshot = first;
        this.bounds = bounds;
        this.state = Standing.of(first, bounds).state();
        this.prefix = first.shadow() ? "nim_scaler.shadow." : "nim_scaler.";
        this.tags = Tags.of(
                Tag.of("namespace", first.scaledObject().namespace()),
                Tag.of("scaledobject", first.scaledObject().name()),
                Tag.of("trigger", first.triggerName()));
        register();
    }

    private void register() {
        gauge(
                "demand",
                "Fleet's total at this moment, in the signal's unit",
                s -> orNaN(s.decision().basis().demand()));
        gauge(
                "demand.smoothed",
                "Smoothed demand",
                s -> orNaN(s.decision().basis().windows().smoothed()));
        gauge(
                "demand.highest",
                "Highest smoothed demand of the downscale window",
                s -> orNaN(s.decision().basis().windows().highest()));
        gauge("value", "What KEDA is told; NaN while that is UNAVAILABLE", TriggerMeters::value);
        gauge(
                "target.value",
                "What one replica should carry",
                s -> s.trigger().target().value());
        gauge("replicas.wanted", "spec.replicas of the scale target", s -> replicas(s, Scale::spec));
        gauge("replicas.present", "status.replicas of the scale target", s -> replicas(s, Scale::status));
        meter("replicas.minimum", "minReplicaCount; NaN where nobody says", Tags.empty(), self -> self.bounds
                .map(ReplicaBounds::least)
                .map(Integer::doubleValue)
                .orElse(Double.NaN));
        meter("replicas.maximum", "maxReplicaCount; NaN where nobody says", Tags.empty(), self -> self.bounds
                .map(ReplicaBounds::most)
                .map(Integer::doubleValue)
                .orElse(Double.NaN));
        for (State each : State.values()) {
            // A refused trigger has no decision: nim_scaler_trigger_refused
            if (each != State.REFUSED) {
                meter(
                        "state",
                        "1 while this is the trigger's state, as on the page",
                        Tags.of("state", each.label()),
                        self -> self.state == each ? 1 : 0);
            }
        }
        gauge("active", "1 active, 0 inactive, NaN unknown", TriggerMeters::active);
        gauge(
                "unknown",
                "1 while the answer is UNAVAILABLE because nothing can be said",
                s -> s.decision() instanceof Decision.Unknown ? 1 : 0);
        gauge("sample.age.seconds", "Age of the oldest sample in use", TriggerMeters::oldestSampleAge);
        gauge(
                "requests.waiting",
                "Requests that wait; NaN where the signal is not the KV cache usage alone, which does not show them",
                s -> orNaN(s.unseenLoad()));
        snapshot.trigger()
                .waking()
                .demandSource()
                .ifPresent(source -> gauge(
                        "requests.held",
                        "Requests that wait at the demand source; NaN while that is not known",
                        Tags.of("demand_source", source),
                        TriggerMeters::held));
        gauge(
                "requests.refused.ratio",
                "Share of the requests that are refused for want of capacity; NaN while that is not known",
                TriggerMeters::refusedRatio);
        gauge(
                "queue.unseen",
                "1 while requests wait although the KV cache usage is below its target; NaN where that is not known",
                TriggerMeters::queueUnseen);
        snapshot.trigger()
                .waking()
                .source()
                .ifPresent(source -> gauge(
                        "wake.demand",
                        "What the wake source's last reading says; NaN while that is unknown",
                        Tags.of("wake_source", source),
                        s -> orNaN(s.wake().map(Wake::demand).orElse(OptionalDouble.empty()))));
        for (PodState state : PodState.values()) {
            gauge(
                    "pods",
                    "Pods by state; NaN while it is not known which there are",
                    Tags.of("state", state.label()),
                    s -> count(s, state));
        }
        for (HoldReason reason : HoldReason.values()) {
            gauge(
                    "hold",
                    "1 while held for this reason",
                    Tags.of("reason", reason.label()),
                    s -> s.decision() instanceof Decision.Hold(HoldReason why, var _) && why == reason ? 1 : 0);
        }
    }

    void update(Snapshot latest, Optional<ReplicaBounds> latestBounds) {
        snapshot = latest;
        bounds = latestBounds;
        state = Standing.of(latest, latestBounds).state();
    }

    /** Whether these are its gauges: an edit of the trigger may give it another wake source, which is a label. */
    boolean fits(Snapshot next) {
        return snapshot.trigger()
                .waking()
                .source()
                .equals(next.trigger().waking().source());
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
        gauge(name, description, Tags.empty(), value);
    }

    private void gauge(String name, String description, Tags more, ToDoubleFunction<Snapshot> value) {
        meter(name, description, more, self -> value.applyAsDouble(self.snapshot));
    }

    private void meter(String name, String description, Tags more, ToDoubleFunction<TriggerMeters> value) {
        meters.add(Gauge.builder(prefix + name, this, value)
                .description(description)
                .tags(tags.and(more))
                .register(registry));
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
