package io.nimscaler.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * A Deployment in simulated time: a pod is made at once and is ready after its start-up; of those that go, the ones that do not serve yet
 * go first, then the youngest.
 *
 * @param <P> a pod
 */
public final class SimulatedDeployment<P extends SimulatedDeployment.Pod> {

    /** One pod, in seconds of the simulation. */
    public interface Pod {

        double readyAt();

        default boolean isReady(double now) {
            return now >= readyAt();
        }
    }

    /** Makes a pod. */
    public interface Maker<P> {

        /**
         * @param number counts the pods that were made, from 1
         */
        P make(int number, double madeAt, double readyAt);
    }

    private static final double LONG_AGO = -86_400;

    private final Maker<P> maker;
    private final DoubleSupplier startUpSeconds;
    private final Consumer<? super P> leaving;
    private final List<P> pods = new ArrayList<>();
    private int made;
    private int spec;

    /**
     * With its replicas ready since long ago.
     *
     * @param startUpSeconds of the next pod, from being wanted to being ready
     * @param leaving told of each pod that goes
     */
    public SimulatedDeployment(
            int replicas, Maker<P> maker, DoubleSupplier startUpSeconds, Consumer<? super P> leaving) {
        this.maker = maker;
        this.startUpSeconds = startUpSeconds;
        this.leaving = leaving;
        this.spec = replicas;
        while (pods.size() < replicas) {
            pods.add(maker.make(++made, LONG_AGO, LONG_AGO));
        }
    }

    /** Wanted replicas; as many are present. */
    public int spec() {
        return spec;
    }

    /** Those that are not going, the starting among them, oldest first. */
    public List<P> pods() {
        return Collections.unmodifiableList(pods);
    }

    /** How many are ready. */
    public int ready(double now) {
        int ready = 0;
        for (P pod : pods) {
            ready += pod.isReady(now) ? 1 : 0;
        }
        return ready;
    }

    /** Makes pods or lets some go. */
    public void scaleTo(int wanted, double now) {
        spec = wanted;
        while (pods.size() < wanted) {
            pods.add(maker.make(++made, now, now + startUpSeconds.getAsDouble()));
        }
        while (pods.size() > wanted) {
            P victim = pods.getLast();
            for (P pod : pods) {
                if (!pod.isReady(now)) {
                    victim = pod;
                }
            }
            pods.remove(victim);
            leaving.accept(victim);
        }
    }
}
