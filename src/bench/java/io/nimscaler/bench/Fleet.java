package io.nimscaler.bench;

import io.nimscaler.replay.ClosedLoop;
import io.nimscaler.replay.SimulatedDeployment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * A Deployment, its pods and the router in front of them. A pod that goes gives its queue back to the router and ends what it works on; the
 * GPU is paid for until then.
 */
final class Fleet implements ClosedLoop.Fleet {

    private final Engine engine;
    private final Router router;
    private final BiConsumer<Request, Double> admitted;
    private final SimulatedDeployment<Replica> deployment;
    private final List<Replica> leaving = new ArrayList<>();
    private final Deque<Request> unrouted = new ArrayDeque<>();
    private double now;
    private int turn;
    private double gpuSeconds;

    /**
     * @param startUpSeconds from being wanted to being ready; each pod takes 0.8 to 1.4 times as long
     * @param admitted told of each request's first admission and its moment
     */
    Fleet(
            Engine engine,
            PodsMix pods,
            Router router,
            double startUpSeconds,
            int replicas,
            Random random,
            BiConsumer<Request, Double> admitted) {
        this.engine = engine;
        this.router = router;
        this.admitted = admitted;
        this.deployment = new SimulatedDeployment<>(
                replicas,
                (number, madeAt, readyAt) -> new Replica(Integer.toString(number), pods.engine(number, engine), madeAt, readyAt),
                () -> startUpSeconds * (.8 + .6 * random.nextDouble()),
                this::leave);
    }

    private void leave(Replica replica) {
        unrouted.addAll(replica.waiting);
        replica.waiting.clear();
        leaving.add(replica);
    }

    Engine engine() {
        return engine;
    }

    double now() {
        return now;
    }

    @Override
    public int spec() {
        return deployment.spec();
    }

    /** Those that are not going, the starting among them. */
    List<Replica> replicas() {
        return deployment.pods();
    }

    List<Replica> ready() {
        return replicas().stream().filter(replica -> replica.isReady(now)).toList();
    }

    double gpuHours() {
        return gpuSeconds / 3600;
    }

    int waiting() {
        return unrouted.size()
                + replicas().stream().mapToInt(replica -> replica.waiting.size()).sum();
    }

    @Override
    public void scaleTo(int wanted) {
        deployment.scaleTo(wanted, now);
    }

    void offer(Request request) {
        unrouted.addLast(request);
    }

    @Override
    public void advance(double moment, double seconds) {
        now = moment;
        List<Replica> ready = ready();
        while (!unrouted.isEmpty() && !ready.isEmpty()) {
            Request request = unrouted.removeFirst();
            router.choose(ready, request, turn++).add(request);
        }
        gpuSeconds += (replicas().size() + leaving.size()) * seconds;
        for (Replica replica : replicas()) {
            replica.advance(now, seconds, admitted);
        }
        for (Iterator<Replica> iterator = leaving.iterator(); iterator.hasNext(); ) {
            Replica replica = iterator.next();
            replica.advance(now, seconds, admitted);
            unrouted.addAll(replica.waiting);
            replica.waiting.clear();
            if (replica.running.isEmpty()) {
                iterator.remove();
            }
        }
    }
}
