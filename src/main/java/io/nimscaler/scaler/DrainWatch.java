package io.nimscaler.scaler;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.RequestTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds out whether pods have enough time to end their requests when they go. It works in rounds. In each round the histogram of
 * each pod is counted once, and only the sum is kept. The requests are all that the fleet's pods have served since they started,
 * so two scalers that watch them get the same result.
 *
 * <p>If too little is known, there is no result: too few requests, no histogram, pods of which it is not known how long they
 * get. If a fleet was known and has too few requests now, as after a rollout, the last result stays. It ends when no pod has
 * such a histogram any more.
 */
final class DrainWatch {

    /** Each pod's histogram is read once a minute. */
    private static final Duration LEAST_ROUND = Duration.ofMinutes(2);

    /** After so many rounds without any histogram the pods are of an engine that has none, or nothing is known of them for long. */
    private static final int ANOTHER_ENGINE = 2;

    /** Routers hear within a second or so that a pod goes; requests that are shorter are over by then. */
    private static final double SHORT_SECONDS = 1;

    private final Set<String> counted = new HashSet<>();
    private final Duration round;
    private Optional<RequestTimes> sum = Optional.empty();
    private Optional<RequestTimes> known = Optional.empty();
    private int roundsWithoutHistogram;
    private Optional<Instant> roundBegan = Optional.empty();
    private Optional<DrainCheck> concluded = Optional.empty();

    /**
     * @param pollInterval how often the pods are read
     */
    DrainWatch(Duration pollInterval) {
        Duration two = pollInterval.multipliedBy(2);
        this.round = two.compareTo(LEAST_ROUND) > 0 ? two : LEAST_ROUND;
    }

    /** What a pod answered. */
    void take(String podUid, List<SampleLine> series) {
        if (!counted.contains(podUid)) {
            RequestTimes.of(series).ifPresent(times -> {
                counted.add(podUid);
                sum = Optional.of(sum.map(times::plus).orElse(times));
            });
        }
    }

    /**
     * What was found with the last round that is over; empty: not known.
     *
     * @param pods that there are
     */
    Optional<DrainCheck> at(Instant now, Collection<Pod> pods) {
        Instant began = roundBegan.orElse(now);
        roundBegan = Optional.of(began);
        if (!now.isBefore(began.plus(round))) {
            roundsWithoutHistogram = sum.isPresent() ? 0 : Math.min(ANOTHER_ENGINE, roundsWithoutHistogram + 1);
            known = roundsWithoutHistogram == ANOTHER_ENGINE
                    ? Optional.empty()
                    : sum.filter(times -> times.p99AtLeast().isPresent()).or(() -> known);
            concluded = known.flatMap(times -> check(times, pods));
            sum = Optional.empty();
            counted.clear();
            roundBegan = Optional.of(now);
        }
        return concluded;
    }

    private static Optional<DrainCheck> check(RequestTimes times, Collection<Pod> pods) {
        OptionalDouble p99 = times.p99AtLeast();
        List<Pod.Drain> drains =
                pods.stream().flatMap(pod -> pod.drain().stream()).toList();
        if (p99.isEmpty() || drains.isEmpty()) {
            return Optional.empty();
        }
        double seconds = p99.getAsDouble();
        List<Long> killed = drains.stream()
                .map(Pod.Drain::graceSeconds)
                .filter(grace -> seconds > grace)
                .sorted()
                .toList();
        int withoutPreStop = seconds > SHORT_SECONDS
                ? (int) drains.stream().filter(drain -> !drain.hasPreStop()).count()
                : 0;
        return Optional.of(new DrainCheck(
                seconds,
                times.requests(),
                killed.stream().distinct().toList(),
                killed.size(),
                withoutPreStop,
                drains.size()));
    }
}
