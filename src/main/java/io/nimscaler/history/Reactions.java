package io.nimscaler.history;

import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.scaler.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Measures the time from the first decision that makes the HPA's formula ask for one replica more until that replica is ready.
 * It contains the HPA's sync, the scheduling of the pod, and the pod's start-up. The start-up alone would be too short: where
 * load rises quickly, each further second counts.
 *
 * <p>A replica is not measured if something else delayed it (the HPA's rates, windows or maximum, a quota) or added it (another
 * trigger), or while ready pods go, as in a rollout. Not thread-safe.
 */
public final class Reactions {

    /** What the HPA does not write by then was kept back by something else. */
    private static final Duration LONGEST_SYNC = Duration.ofMinutes(2);

    /** Between two decisions. After a longer time it is not known when the present state began. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(15);

    /** At once; more that are asked for in one step say nothing new. */
    private static final int MOST_AWAITED = 32;

    /**
     * A replica that is asked for.
     *
     * @param level its place: it is there when so many are ready
     * @param written whether the HPA has written so many
     */
    private record Awaited(long level, Instant askedAt, boolean written) {}

    private List<Awaited> awaited = new ArrayList<>();
    private Optional<Instant> before = Optional.empty();
    private int spec;
    private int ready;
    private boolean keptBack;

    /**
     * Takes the trigger's next decision into account.
     *
     * @return how long each replica took that is ready now
     */
    public List<Duration> take(Snapshot snapshot) {
        Instant at = snapshot.decision().basis().at();
        if (!(snapshot.decision().basis() instanceof Decision.Basis.Known known)) {
            forget();
            return List.of();
        }
        Fleet.Known fleet = known.fleet();
        boolean goesOn = before.filter(last -> !at.isBefore(last) && !at.isAfter(last.plus(LONGEST_GAP)))
                .isPresent();
        int wanted = known.scale().spec();
        if (!goesOn || (fleet.readyPods() < ready && wanted >= spec)) {
            forget();
        }
        List<Duration> came = goesOn ? follow(wanted, fleet.readyPods(), at) : List.of();
        before = Optional.of(at);
        spec = wanted;
        ready = fleet.readyPods();
        ask(snapshot.hpaDesiredReplicas(), at);
        return came;
    }

    private void forget() {
        awaited.clear();
        before = Optional.empty();
        // Whatever is asked for now may have been asked for before
        keptBack = true;
    }

    private List<Duration> follow(int wanted, int readyPods, Instant at) {
        List<Duration> came = new ArrayList<>();
        List<Awaited> still = new ArrayList<>();
        boolean more = wanted > spec;
        for (Awaited one : awaited) {
            boolean written = one.written() || (more && one.level() <= wanted);
            if (!written && (more || at.isAfter(one.askedAt().plus(LONGEST_SYNC)))) {
                keptBack = true;
            } else if (written && one.level() <= readyPods) {
                came.add(Duration.between(one.askedAt(), at));
            } else if (!written || one.level() <= wanted) {
                still.add(new Awaited(one.level(), one.askedAt(), written));
            }
        }
        awaited = still;
        return came;
    }

    private void ask(OptionalLong asked, Instant at) {
        long most = asked.orElse(0);
        awaited.removeIf(one -> !one.written() && one.level() > most);
        if (most <= spec) {
            keptBack = false;
            return;
        }
        if (keptBack || ready > spec) {
            return;
        }
        long last = awaited.isEmpty() ? spec : Math.max(spec, awaited.getLast().level());
        for (long level = last + 1; level <= most && awaited.size() < MOST_AWAITED; level++) {
            awaited.add(new Awaited(level, at, false));
        }
    }
}
