package io.nimscaler.replay;

import io.nimscaler.history.Carrying;
import io.nimscaler.history.Reactions;
import io.nimscaler.history.Recorded;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Unserved;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Decisions → parts: each stands until the next, but not for long. */
final class PartsOfRecording {

    private static final Duration STANDS_FOR = Duration.ofSeconds(15);

    private final List<Part> parts = new ArrayList<>();
    private final List<Double> startUps = new ArrayList<>();
    private final List<Double> reactions = new ArrayList<>();
    private final Reactions measured = new Reactions();
    private final Map<String, Double> starting = new HashMap<>();
    private final Set<String> thereBefore = new HashSet<>();
    private boolean watched;
    private Optional<Snapshot> standing = Optional.empty();

    void take(Recorded line) {
        Snapshot next = line.snapshot();
        if (standing.filter(one -> second(one) > second(next)).isPresent()) {
            return;
        }
        standing.filter(one -> second(one) < second(next)).ifPresent(one -> add(one, second(next)));
        standing = Optional.of(next);
        measureStartUps(next);
        measured.take(next).forEach(took -> reactions.add(took.toMillis() / 1000.0));
    }

    /** All of them; the last decision stands for a second. */
    List<Part> parts() {
        standing.ifPresent(one -> add(one, second(one) + 1));
        standing = Optional.empty();
        return parts;
    }

    List<Double> startUps() {
        return startUps;
    }

    List<Double> reactions() {
        return reactions;
    }

    private static long second(Snapshot snapshot) {
        return snapshot.decision().basis().at().getEpochSecond();
    }

    private void add(Snapshot snapshot, long until) {
        if (!(snapshot.decision().basis().fleet() instanceof Fleet.Known fleet)) {
            return;
        }
        OptionalDouble carried = Carrying.of(fleet);
        if (carried.isEmpty()) {
            return;
        }
        OptionalDouble waiting = snapshot.unseenLoad();
        long sampled = fleet.pods().stream()
                .filter(PodReading.Sampled.class::isInstance)
                .count();
        boolean full = snapshot.trigger().signal().saturatesAtOne()
                && sampled > 0
                && carried.getAsDouble() >= PartsOfMinutes.SATURATED * sampled;
        Unserved unserved = fleet.unserved();
        double held = unserved.knownHeld().map(Held.Known::load).orElse(0.0);
        parts.add(Part.steady(
                second(snapshot),
                (int) Math.min(until - second(snapshot), STANDS_FOR.toSeconds()),
                carried.getAsDouble() + PartsOfMinutes.SHARE_OF_A_REQUEST * waiting.orElse(0) + held,
                unserved.isRefused() || unserved.unknownHeld().isPresent() || (full && waiting.orElse(1) > 0),
                fleet.scale().spec(),
                fleet.scale().status(),
                fleet.readyPods()));
    }

    /**
     * Only of pods that came while they were watched: one that was there before may have been ready for long when it is read first, and the
     * recording does not say since when.
     */
    private void measureStartUps(Snapshot snapshot) {
        if (!(snapshot.decision().basis().fleet() instanceof Fleet.Known fleet)) {
            watched = false;
            starting.clear();
            return;
        }
        List<PodStatus> pods = snapshot.pods();
        if (!watched) {
            pods.forEach(pod -> thereBefore.add(pod.name()));
            watched = true;
        }
        for (int i = 0; i < Math.min(pods.size(), fleet.pods().size()); i++) {
            PodStatus pod = pods.get(i);
            if (fleet.pods().get(i) instanceof PodReading.Starting(Duration startingFor, boolean _)) {
                if (!thereBefore.contains(pod.name())) {
                    starting.put(pod.name(), startingFor.toMillis() / 1000.0);
                }
            } else if (pod.state() == PodState.SAMPLED) {
                Optional.ofNullable(starting.remove(pod.name())).ifPresent(startUps::add);
            }
        }
    }
}
