package io.nimscaler.signal;

import io.nimscaler.window.ExponentialSmoothing;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/**
 * Serving load with what only the fleet can tell. Per pod: base + waiting · u.
 *
 * <ul>
 *   <li><em>base</em> = x + e · (1 − x). x is the fuller of two: the KV cache, and running / max running. It bends: near its limit a pod's
 *       KV usage and running requests grow much faster than what it is asked to do, for each request makes the others slower. e is the
 *       share of a token's time that the batch costs; with the time of a token t = a + b·r at r requests running, e = b·r / t, and x + e · (1 − x)
 *       is what the pod generates over what it would generate when full. That grows as the arrivals do. A pod with a queue that stands is
 *       full, whatever it says: its base is 1.
 *   <li><em>b / a</em> is learned: by how much the time of a token (running / tokens a second) grew with the batch within the last half
 *       hour, by all pods ({@link WorkHistory}). With little evidence it lies between two bounds: 0, and the most that a request costs.
 *   <li><em>u</em> makes the queue a flow instead of a stock: replicas that would complete what it grows by, and work off what the
 *       usual room of these and of the pods does not within five minutes. While it does not fall they are a fifth more than the pods at
 *       least. It is never more than what a running request takes, and just that where fewer than 10 requests are known to have been
 *       completed. What waits in front of the fleet is part of that queue. Of a queue that falls faster, and of what still runs of it when
 *       it is gone, the pods do more than what comes: by so much base counts less, but a full pod never less than the target.
 *   <li><em>max running</em>: the key; else what the pod says; else the most requests (8 at least) that ran while others waited all the
 *       time and the KV cache was not what they waited for, in the last hour of such time. Else it is between two bounds: the KV cache may
 *       bind alone, or no more may run at once than a quarter more than the most that ran on any pod within the last hour, or 8. It is
 *       half more once a quarter of an hour was observed, unless requests waited while about the most ran: there the maximum may be.
 * </ul>
 *
 * <p>Of what the load may be by the bounds, what is nearest to the target counts: up by the lower bound, down by the upper.
 */
final class ServingLoadOfFleet implements FleetSignal {

    static final int ENOUGH_RUNNING = 8;
    static final int ENOUGH_COMPLETED = 10;
    static final Duration REMEMBERED = Duration.ofHours(1);
    static final Duration HALF_LIFE = Duration.ofMinutes(5);
    static final double LEAST_SHARE = 0.001;

    /** Of a fleet that runs next to nothing a request takes so much. */
    static final double COLD_SHARE = 0.02;

    /** Within this the queue is worked off. */
    static final double HORIZON_SECONDS = 300;

    /** While a queue does not fall, what comes may still rise: so much of what the pods do is asked for beyond it, at most. */
    private static final double SOON_SHARE = 0.2;

    /** So soon this works off what waits; where less does that, less is asked for. */
    private static final double SOON_SECONDS = 150;

    /** What pods at their target have room for, as a share of what they do, at most; at a target of 0.80 and less so much. */
    static final double ROOM = 0.25;

    /** So much variance of ln(running), summed over intervals, weighs as much as knowing nothing. */
    static final double DOUBT = 1;

    /** One more request makes a token longer by so much of the time that it takes alone, at most, while nothing else was learned. */
    static final double MOST_COST = 0.1;

    /** Where nobody states the maximum, a pod is taken to run so many times the most that was seen. */
    static final double UNSEEN_SLOTS = 1.25;

    /** So many times it, where that was seen for long enough and nothing waited for it. */
    static final double UNSEEN_SLOTS_OF_A_CALM_FLEET = 1.5;

    /** For so long the most that runs is observed until it tells something. */
    static final Duration LONG_ENOUGH = Duration.ofMinutes(15);

    /** From this share of the most that was seen on, what waits may wait for one of those that run. */
    static final double NEARLY_MOST = .9;

    private static final double MOST_BATCH_SHARE = 0.95;

    private final OptionalInt givenMaxRunning;
    private final SlidingExtreme learnedMaxRunning = SlidingExtreme.highestOf(REMEMBERED);
    private final SlidingExtreme mostRunning = SlidingExtreme.highestOf(REMEMBERED);
    private final SlidingExtreme mostWhileOthersWaited = SlidingExtreme.highestOf(REMEMBERED);
    private final ExponentialSmoothing shareOfRunning = new ExponentialSmoothing(HALF_LIFE, HALF_LIFE);

    /** Of the pods that were learned from last, the mean. */
    private OptionalDouble statedSlots = OptionalDouble.empty();

    private double batchCost;

    /** Of what was not seen yet it is not known that it is nothing. */
    private double batchCostAtMost = MOST_COST;

    private OptionalDouble shareOfWaiting = OptionalDouble.empty();

    /** The share of what the pods do that goes into a queue that falls. */
    private double worksOff;

    private OptionalDouble target = OptionalDouble.empty();
    private int wanted;
    private double towardsAtMost;

    /** What waits in front of the fleet, and over the flow window what did. */
    private final SlidingTotal<Double> inFront;

    private OptionalDouble waitsInFront = OptionalDouble.empty();
    private boolean countsCompleted;
    private boolean knowsFlow;

    ServingLoadOfFleet(OptionalInt givenMaxRunning, Duration flowWindow) {
        this.givenMaxRunning = givenMaxRunning;
        this.inFront = new SlidingTotal<>(flowWindow);
    }

    @Override
    public void waitsInFront(OptionalDouble requests, Instant now) {
        waitsInFront = requests;
        requests.ifPresent(waiting -> inFront.add(now, waiting));
    }

    /** In requests a second; 0 where it is not known. */
    private double growthInFront() {
        return waitsInFront.isPresent() && inFront.spansEnough()
                ? (inFront.newest().total() - inFront.oldest().total())
                        / (inFront.span().toNanos() / 1e9)
                : 0;
    }

    private double waiting(List<PodValue.Work> pods) {
        return sum(pods, PodValue.Work::waiting) + waitsInFront.orElse(0);
    }

    @Override
    public void aimAt(double targetValue, int wantedReplicas) {
        wanted = wantedReplicas;
        target = OptionalDouble.of(targetValue);
    }

    @Override
    public void learn(Collection<PodValue> fresh, Duration elapsed) {
        List<PodValue.Work> pods = fresh.stream()
                .filter(PodValue.Work.class::isInstance)
                .map(PodValue.Work.class::cast)
                .toList();
        if (pods.isEmpty()) {
            // What is not seen keeps what was known of it
            return;
        }
        learnMaxRunning(pods, elapsed);
        learnBatchCost(pods);
        learnShareOfRunning(pods, elapsed);
        learnQueue(pods);
        weighBounds(pods);
    }

    /**
     * b / a: by how much one more request makes a token's time longer, over that of a request alone. It lies between two bounds, which
     * come closer with evidence: doubt says that the batch costs nothing, and that it costs the most.
     */
    private void learnBatchCost(List<PodValue.Work> pods) {
        double n = sum(pods, pod -> pod.pace().intervals());
        if (n == 0) {
            // An engine without a counter of tokens never says it: the most would keep its replicas for ever
            boolean neverSays = pods.stream().anyMatch(pod -> !pod.pace().tooEarly())
                    && pods.stream().allMatch(pod -> Double.isNaN(pod.pace().tokens()));
            batchCostAtMost = neverSays ? 0 : MOST_COST;
            return;
        }
        double x = sum(pods, pod -> pod.pace().x());
        double evidence = Math.max(0, sum(pods, pod -> pod.pace().xx()) - x * x / n);
        double covariance = sum(pods, pod -> pod.pace().xy())
                - x * sum(pods, pod -> pod.pace().y()) / n;
        double running = Math.exp(x / n);
        double doubtful = DOUBT * MOST_COST * running / (1 + MOST_COST * running);
        batchCost = costOf(covariance / (evidence + DOUBT), running);
        batchCostAtMost = costOf((Math.max(0, covariance) + doubtful) / (evidence + DOUBT), running);
    }

    private static double costOf(double batchShare, double running) {
        double share = Math.clamp(batchShare, 0, MOST_BATCH_SHARE);
        return share / (1 - share) / running;
    }

    /** u, and by how much the pods do more than what comes; a pod that was not watched for long enough says nothing of it. */
    private void learnQueue(List<PodValue.Work> all) {
        List<PodValue.Work> complete = all.stream()
                .filter(pod -> !Double.isNaN(pod.pace().completed()))
                .toList();
        List<PodValue.Work> generate = complete.stream()
                .filter(pod -> !Double.isNaN(pod.pace().tokens()))
                .toList();
        List<PodValue.Work> known = generate.isEmpty() ? complete : generate;
        OptionalDouble flow = queueFlow(known, all);
        double base = sum(known, this::atLeast);
        worksOff = flow.isPresent() && base > 0
                ? Math.clamp(-flow.getAsDouble() / base, 0, 1 - Math.min(1, target.orElse(1)))
                : 0;
        learnShareOfWaiting(all, waiting(all), flow);
    }

    private void learnShareOfWaiting(List<PodValue.Work> all, double waiting, OptionalDouble flow) {
        boolean counts = all.stream().anyMatch(pod -> pod.pace().counts());
        countsCompleted = counts;
        knowsFlow = flow.isPresent();
        if (counts && waiting(all) == 0) {
            return;
        }
        boolean young = all.stream().allMatch(pod -> pod.pace().young());
        if (flow.isPresent() && waiting > 0) {
            double share = Math.max(0, flow.getAsDouble() / waiting);
            shareOfWaiting = OptionalDouble.of(Math.min(share, stockShare(all)));
        } else if (!young || !counts) {
            shareOfWaiting = OptionalDouble.of(stockShare(all));
        }
    }

    /** Few requests tell little, and an idle fleet nothing. */
    private void learnShareOfRunning(List<PodValue.Work> pods, Duration elapsed) {
        double running = sum(pods, pod -> pod.running().orElse(0));
        if (running >= ENOUGH_RUNNING) {
            shareOfRunning.update(sum(pods, this::atLeast) / running, elapsed);
        }
        statedSlots = pods.stream()
                .flatMapToDouble(pod -> statedMaxRunning(pod).stream())
                .average();
    }

    /** What a running request takes: now, or when enough of them ran last. */
    private double stockShare(List<PodValue.Work> pods) {
        double running = sum(pods, pod -> pod.running().orElse(0));
        return running >= ENOUGH_RUNNING
                ? Math.max(LEAST_SHARE, sum(pods, this::atLeast) / running)
                : learnedShareOfRunning();
    }

    private double learnedShareOfRunning() {
        double slot = statedSlots.isPresent() ? 1 / statedSlots.getAsDouble() : 0;
        return Math.max(Math.max(LEAST_SHARE, slot), shareOfRunning.value().orElse(COLD_SHARE));
    }

    @Override
    public OptionalDouble costOfRequest() {
        return OptionalDouble.of(shareOfWaiting.orElse(countsCompleted ? LEAST_SHARE : learnedShareOfRunning()));
    }

    @Override
    public boolean takesQueuesForFlows() {
        return knowsFlow;
    }

    /**
     * In full replicas: what the queue grows by, and what works it off within the horizon beyond the room of the replicas that are asked
     * for without it, or soon while it does not fall. Negative: by so much it falls faster. Empty: too few requests were completed to say.
     */
    private OptionalDouble queueFlow(List<PodValue.Work> pods, List<PodValue.Work> all) {
        double base = sum(pods, this::atLeast);
        double completedGrown = sum(pods, pod -> pod.pace().completedGrown());
        double tokensGrown = sum(pods, pod -> pod.pace().tokensGrown());
        double tokens = sum(pods, pod -> pod.pace().tokens());
        // Tokens flow evenly where requests end now and then
        double completed = tokensGrown > 0
                ? tokens * completedGrown / tokensGrown
                : sum(pods, pod -> pod.pace().completed());
        if (completedGrown < ENOUGH_COMPLETED || !(completed > 0) || base == 0) {
            return OptionalDouble.empty();
        }
        double perReplica = completed / base;
        double longest =
                pods.stream().mapToDouble(pod -> pod.pace().watched()).max().orElse(1);
        double byNewcomers = byNewcomers(all, longest);
        double arriving = growing(pods, longest, byNewcomers, perReplica);
        double full = sum(all, this::atLeast);
        double waiting = waiting(all) / perReplica;
        double room = Math.clamp(1 / target.orElse(0.8) - 1, 0, ROOM) * (full + Math.max(0, arriving));
        // Who works a queue off is full, and not at the target
        double within = Math.min(1, target.orElse(1)) * (waiting / HORIZON_SECONDS - room);
        double soon = Math.min(waiting / SOON_SECONDS, SOON_SHARE * full) - byNewcomers + Math.min(0, arriving);
        return OptionalDouble.of(arriving + Math.max(0, Math.max(within, soon)));
    }

    /**
     * By how much the queue grows with the pods that are there now, in full replicas. It grew before the newest of them came, too. What
     * these do now and did not do then is subtracted, down to a queue that stays.
     */
    private double growing(List<PodValue.Work> known, double longest, double byNewcomers, double perReplica) {
        double growth = growthInFront();
        for (PodValue.Work pod : known) {
            growth += pod.pace().queueGrowth() * pod.pace().watched() / longest;
        }
        double replicas = growth / perReplica;
        return replicas > 0 ? Math.max(0, replicas - byNewcomers) : replicas;
    }

    /** What pods do now that were not there while the others were watched, in full replicas. */
    private double byNewcomers(List<PodValue.Work> all, double longest) {
        double byNewcomers = 0;
        for (PodValue.Work pod : all) {
            if (pod.pace().counts()) {
                byNewcomers += Math.max(0, 1 - pod.pace().watched() / longest) * atLeast(pod);
            }
        }
        return byNewcomers;
    }

    /** What runs beyond the most that was seen proves that more can. */
    private void learnMaxRunning(List<PodValue.Work> pods, Duration elapsed) {
        mostRunning.add(most(pods), elapsed);
        mostWhileOthersWaited.add(
                most(pods.stream().filter(pod -> pod.waiting() > 0).toList()), elapsed);
        // Only such time says what the most is: forgotten at night, it would make the morning's pods look emptier than
        // they are
        if (pods.stream().anyMatch(pod -> pod.pace().runningLimit() >= ENOUGH_RUNNING)) {
            learnedMaxRunning.pass(elapsed);
        }
        for (PodValue.Work pod : pods) {
            double running = pod.running().orElse(0);
            OptionalDouble most = learnedMaxRunning.value();
            if (pod.pace().runningLimit() >= ENOUGH_RUNNING) {
                learnedMaxRunning.include(pod.pace().runningLimit());
            } else if (most.isPresent() && running > most.getAsDouble()) {
                learnedMaxRunning.include(running);
            }
        }
    }

    private static double most(List<PodValue.Work> pods) {
        return pods.stream().mapToDouble(pod -> pod.running().orElse(0)).max().orElse(0);
    }

    /** The least that a pod may run at once, where nobody says it. */
    private double leastMaxRunning() {
        double most = mostRunning.value().orElse(0);
        double waitedFor = mostWhileOthersWaited.value().orElse(0);
        boolean isLongEnough = mostRunning.remaining().compareTo(REMEMBERED.minus(LONG_ENOUGH)) <= 0;
        boolean mayBeTheMost = waitedFor > 0 && waitedFor >= NEARLY_MOST * most;
        return Math.max(
                ENOUGH_RUNNING, (isLongEnough && !mayBeTheMost ? UNSEEN_SLOTS_OF_A_CALM_FLEET : UNSEEN_SLOTS) * most);
    }

    /** Which of what the fleet may carry is nearest to the target: 0 is the lower bound, 1 the upper. */
    private void weighBounds(List<PodValue.Work> pods) {
        double atLeast = sum(pods, this::atLeast);
        double between = sum(pods, this::atMost) - atLeast;
        double carried = atLeast
                + sum(pods, this::queue)
                + waitsInFront.orElse(0) * costOfRequest().orElse(0);
        towardsAtMost = target.isPresent() && between > 0
                ? Math.clamp((target.getAsDouble() * Math.min(pods.size(), wanted) - carried) / between, 0, 1)
                : 0;
    }

    @Override
    public OptionalDouble valueOf(PodValue pod) {
        return pod instanceof PodValue.Work work ? OptionalDouble.of(load(work)) : OptionalDouble.empty();
    }

    private double load(PodValue.Work pod) {
        double atLeast = atLeast(pod);
        return (1 - worksOff) * (atLeast + towardsAtMost * (atMost(pod) - atLeast)) + queue(pod);
    }

    private double queue(PodValue.Work pod) {
        if (pod.waiting() == 0) {
            return 0;
        }
        return pod.waiting() * shareOfWaiting.orElse(pod.pace().counts() ? LEAST_SHARE : learnedShareOfRunning());
    }

    /** The base, where an unknown maximum of running requests is as high as it may be. */
    private double atLeast(PodValue.Work pod) {
        return base(pod, knownMaxRunning(pod), batchCost);
    }

    /** The base, where an unknown maximum of running requests is as low as it may be. */
    private double atMost(PodValue.Work pod) {
        OptionalDouble known = knownMaxRunning(pod);
        OptionalDouble least = known.isPresent() ? known : OptionalDouble.of(leastMaxRunning());
        return base(pod, least, batchCostAtMost);
    }

    private static double base(PodValue.Work pod, OptionalDouble max, double cost) {
        if (pod.pace().queueStands()) {
            return 1;
        }
        double running = pod.running().orElse(0);
        double slots = max.isPresent() ? Math.min(1, running / max.getAsDouble()) : 0;
        double full = Math.min(1, Math.max(pod.kvUsage(), slots));
        double batchShare = cost * running / (1 + cost * running);
        return full + batchShare * (1 - full);
    }

    private OptionalDouble knownMaxRunning(PodValue.Work pod) {
        OptionalDouble stated = statedMaxRunning(pod);
        return stated.isPresent() ? stated : learnedMaxRunning.value();
    }

    private OptionalDouble statedMaxRunning(PodValue.Work pod) {
        if (givenMaxRunning.isPresent()) {
            return OptionalDouble.of(givenMaxRunning.getAsInt());
        }
        return pod.maxRunning().orElse(0) >= 1 ? pod.maxRunning() : OptionalDouble.empty();
    }

    private static double sum(List<PodValue.Work> pods, ToDoubleFunction<PodValue.Work> value) {
        double sum = 0;
        for (PodValue.Work pod : pods) {
            sum += value.applyAsDouble(pod);
        }
        return sum;
    }

    @Override
    public OptionalDouble level(Collection<PodValue> fresh) {
        return OptionalDouble.empty();
    }
}
