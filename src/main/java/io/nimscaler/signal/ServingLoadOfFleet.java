package io.nimscaler.signal;

import io.nimscaler.window.ExponentialSmoothing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
 *   <li><em>b / a</em> is learned, see {@link BatchCost}. Where a token's time is no such line, see {@link FullRate}.
 *   <li><em>u</em> makes the queue a flow instead of a stock, see {@link QueueFlow}. It is never more than what a running request takes,
 *       and just that where fewer than 10 requests are known to have been completed. Of a queue that falls faster, and of what still runs
 *       of it when it is gone, the pods do more than what comes: by so much base counts less, but a full pod never less than the target.
 *   <li>A pod that <em>stands still</em> with requests hangs, or its clients left and its engine wrote no gauges since. While another pod
 *       shows that requests are served, its queue asks for nothing: nobody else can take it. It counts the target at most.
 *   <li>Where some pods are slower and nothing looks at that, the fleet is as full as these, see {@link UnevenPods}.
 *   <li><em>max running</em> is the key, or what the pod says, or learned, see {@link MaxRunning}.
 * </ul>
 *
 * <p>Of what the load may be by the bounds, what is nearest to the target counts: up by the lower bound, down by the upper.
 */
final class ServingLoadOfFleet implements FleetSignal {

    private static final Duration HALF_LIFE = Duration.ofMinutes(5);
    private static final double LEAST_SHARE = 0.001;

    /** Of a fleet that runs next to nothing a request takes so much. */
    private static final double COLD_SHARE = 0.02;

    private final MaxRunning maxRunning;
    private final BatchCost batchCost = new BatchCost();
    private final FullRate fullRate = new FullRate();
    private final QueueFlow queueFlow;
    private final ExponentialSmoothing shareOfRunning = new ExponentialSmoothing(HALF_LIFE, HALF_LIFE);

    /** Of the pods that were learned from last, the mean. */
    private OptionalDouble statedSlots = OptionalDouble.empty();

    private OptionalDouble shareOfWaiting = OptionalDouble.empty();

    /** The share of what the pods do that goes into a queue that falls. */
    private double worksOff;

    private OptionalDouble target = OptionalDouble.empty();
    private int wanted;
    private double towardsAtMost;

    /** Another pod than those that stand still generates, or has nothing to do. */
    private boolean isServed;

    private Optional<Uneven> uneven = Optional.empty();
    private boolean countsCompleted;
    private boolean knowsFlow;

    ServingLoadOfFleet(OptionalInt givenMaxRunning, Duration flowWindow) {
        this.maxRunning = new MaxRunning(givenMaxRunning);
        this.queueFlow = new QueueFlow(this::atLeast, this::atMost, flowWindow);
    }

    @Override
    public void waitsInFront(OptionalDouble requests, Instant now) {
        queueFlow.waitsInFront(requests, now);
    }

    @Override
    public void forgetInFront() {
        queueFlow.forgetInFront();
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
        fullRate.pass(elapsed);
        if (pods.isEmpty()) {
            uneven = Optional.empty();
            // What is not seen keeps what else was known of it
            return;
        }
        maxRunning.learn(pods, queueFlow.mayWaitInFront(), elapsed);
        batchCost.learn(pods);
        fullRate.learn(pods);
        isServed = pods.stream().anyMatch(ServingLoadOfFleet::serves);
        List<PodValue.Work> moving =
                isServed ? pods.stream().filter(pod -> !pod.pace().still()).toList() : pods;
        learnShareOfRunning(moving, elapsed);
        learnQueue(moving, elapsed);
        weighBounds(pods);
        uneven = target.isPresent() ? UnevenPods.of(pods, this::load, target.getAsDouble()) : Optional.empty();
    }

    /** Of a pod that was just found it is not known. */
    private static boolean serves(PodValue.Work pod) {
        boolean isIdle = pod.running().orElse(1) == 0 && pod.waiting() == 0;
        return !pod.pace().young()
                && !pod.pace().still()
                && (isIdle || pod.pace().tokens() > 0);
    }

    /** u, and by how much the pods do more than what comes; a pod that was not watched for long enough says nothing of it. */
    private void learnQueue(List<PodValue.Work> all, Duration elapsed) {
        List<PodValue.Work> complete = all.stream()
                .filter(pod -> !Double.isNaN(pod.pace().completed()))
                .toList();
        List<PodValue.Work> generate = complete.stream()
                .filter(pod -> !Double.isNaN(pod.pace().tokens()))
                .toList();
        List<PodValue.Work> known = generate.isEmpty() ? complete : generate;
        double base = sum(known, this::atLeast);
        OptionalDouble flow = queueFlow.of(known, base, all, target, elapsed);
        worksOff = flow.isPresent() && base > 0
                ? Math.clamp(-flow.getAsDouble() / base, 0, 1 - Math.min(1, target.orElse(1)))
                : 0;
        learnShareOfWaiting(all, queueFlow.waiting(all), flow);
    }

    private void learnShareOfWaiting(List<PodValue.Work> all, double waiting, OptionalDouble flow) {
        boolean counts = all.stream().anyMatch(pod -> pod.pace().counts());
        countsCompleted = counts;
        knowsFlow = flow.isPresent();
        if (counts && waiting == 0) {
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
        if (running >= MaxRunning.ENOUGH_RUNNING) {
            shareOfRunning.update(sum(pods, this::atLeast) / running, elapsed);
        }
        statedSlots = pods.stream()
                .flatMapToDouble(pod -> maxRunning.statedBy(pod).stream())
                .average();
    }

    /** What a running request takes: now, or when enough of them ran last. */
    private double stockShare(List<PodValue.Work> pods) {
        double running = sum(pods, pod -> pod.running().orElse(0));
        return running >= MaxRunning.ENOUGH_RUNNING
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

    @Override
    public Optional<Uneven> uneven() {
        return uneven;
    }

    /** Which of what the fleet may carry is nearest to the target: 0 is the lower bound, 1 the upper. */
    private void weighBounds(List<PodValue.Work> pods) {
        double atLeast = sum(pods, pod -> withQueue(pod, atLeast(pod)));
        double between = sum(pods, pod -> withQueue(pod, mayCarry(pod))) - atLeast;
        double carried = atLeast + queueFlow.inFront() * costOfRequest().orElse(0);
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
        double base = atLeast + towardsAtMost * (mayCarry(pod) - atLeast);
        return withQueue(pod, pod.pace().still() ? base : (1 - worksOff) * base);
    }

    /** What it works on and its queue, in full replicas. */
    private double withQueue(PodValue.Work pod, double base) {
        double all = base + queue(pod);
        return isServed && pod.pace().still() ? Math.min(all, target.orElse(all)) : all;
    }

    private double queue(PodValue.Work pod) {
        if (pod.waiting() == 0) {
            return 0;
        }
        return pod.waiting() * shareOfWaiting.orElse(pod.pace().counts() ? LEAST_SHARE : learnedShareOfRunning());
    }

    /** The base, where an unknown maximum of running requests is as high as it may be. */
    private double atLeast(PodValue.Work pod) {
        return base(pod, maxRunning.of(pod), batchCost.atLeast());
    }

    /** The base, where an unknown maximum of running requests is as low as it may be. */
    private double atMost(PodValue.Work pod) {
        OptionalDouble known = maxRunning.of(pod);
        OptionalDouble least = known.isPresent() ? known : OptionalDouble.of(maxRunning.atLeast());
        return base(pod, least, batchCost.atMost());
    }

    /** The most that it may work on: it may be full, and look half empty. Beyond the target that would order replicas. */
    private double mayCarry(PodValue.Work pod) {
        return Math.max(atMost(pod), Math.min(fullRate.shareOf(pod), target.orElse(1)));
    }

    private static double base(PodValue.Work pod, OptionalDouble max, double cost) {
        if (pod.pace().queueStands()) {
            return 1;
        }
        double running = pod.running().orElse(0);
        double slots = max.isPresent() ? Math.min(1, running / max.getAsDouble()) : 0;
        double full = Math.min(1, Math.max(pod.kvUsage(), slots));
        return full + BatchCost.shareOf(cost, running) * (1 - full);
    }

    /** Over all pods. */
    static double sum(List<PodValue.Work> pods, ToDoubleFunction<PodValue.Work> value) {
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
