package io.nimscaler.bench;

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
final class Fleet {

    private final Engine engine;
    private final Router router;
    private final double startUpSeconds;
    private final Random random;
    private final BiConsumer<Request, Double> admitted;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Replica> leaving = new ArrayList<>();
    private final Deque<Request> unrouted = new ArrayDeque<>();
    private double now;
    private int spec;
    private int made;
    private int turn;
    private double gpuSeconds;

    /**
     * @param startUpSeconds from being wanted to being ready; each pod takes 0.8 to 1.4 times as long
     * @param admitted told of each request's first admission and its moment
     */
    Fleet(
            Engine engine,
            Router router,
            double startUpSeconds,
            int replicas,
            Random random,
            BiConsumer<Request, Double> admitted) {
        this.engine = engine;
        this.router = router;
        this.startUpSeconds = startUpSeconds;
        this.random = random;
        this.admitted = admitted;
        this.spec = replicas;
        for (int i = 0; i < replicas; i++) {
            this.replicas.add(new Replica(nextName(), engine, -86_400, -80_000));
        }
    }

    private String nextName() {
        return Integer.toString(++made);
    }

    Engine engine() {
        return engine;
    }

    double now() {
        return now;
    }

    int spec() {
        return spec;
    }

    /** Those that are not going, the starting among them. */
    List<Replica> replicas() {
        return replicas;
    }

    List<Replica> ready() {
        return replicas.stream().filter(replica -> replica.isReady(now)).toList();
    }

    double gpuHours() {
        return gpuSeconds / 3600;
    }

    int waiting() {
        return unrouted.size()
                + replicas.stream().mapToInt(replica -> replica.waiting.size()).sum();
    }

    /** Those that go first are the youngest, those that do not serve yet before all others. */
    void scaleTo(int wanted) {
        spec = wanted;
        while (replicas.size() < wanted) {
            double takes = startUpSeconds * (.8 + .6 * random.nextDouble());
            replicas.add(new Replica(nextName(), engine, now, now + takes));
        }
        while (replicas.size() > wanted) {
            Replica victim = replicas.getLast();
            for (Replica replica : replicas) {
                if (!replica.isReady(now)) {
                    victim = replica;
                }
            }
            replicas.remove(victim);
            unrouted.addAll(victim.waiting);
            victim.waiting.clear();
            leaving.add(victim);
        }
    }

    void offer(Request request) {
        unrouted.addLast(request);
    }

    void advance(double moment, double seconds) {
        now = moment;
        List<Replica> ready = ready();
        while (!unrouted.isEmpty() && !ready.isEmpty()) {
            Request request = unrouted.removeFirst();
            Replica chosen = router.choose(ready, request, turn++);
            if (!chosen.isFull()) {
                chosen.add(request);
            }
        }
        gpuSeconds += (replicas.size() + leaving.size()) * seconds;
        for (Replica replica : replicas) {
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
