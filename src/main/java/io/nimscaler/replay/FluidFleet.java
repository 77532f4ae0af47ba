package io.nimscaler.replay;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Unserved;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A fleet whose ready pods share the demand evenly. Each pod shows what it carries. If the signal ends at what a pod can carry,
 * it shows no more than that.
 */
final class FluidFleet implements ClosedLoop.Fleet {

    private record Pod(double madeAt, double readyAt) implements SimulatedDeployment.Pod {}

    private final Trigger trigger;
    private final double capacity;
    private final double mostShown;
    private final boolean blind;
    private final Optional<String> gateway;
    private final double window;
    private final double firstReadAfter;
    private final SimulatedDeployment<Pod> deployment;
    private final Ledger ledger;
    private final long began;
    private double now;
    private boolean falls;
    private OptionalDouble demand = OptionalDouble.empty();
    private OptionalDouble judged = OptionalDouble.empty();

    /**
     * @param began the moment 0 of the simulation, in seconds since 1970
     */
    FluidFleet(Trigger trigger, FleetSettings settings, int replicas, Ledger ledger, long began) {
        this.trigger = trigger;
        this.capacity = settings.capacity();
        this.gateway = trigger.waking().demandSource();
        this.mostShown = trigger.signal().saturatesAtOne() || gateway.isPresent()
                ? settings.capacity()
                : Double.POSITIVE_INFINITY;
        this.blind = trigger.signal().blindTo().isPresent();
        this.window = trigger.signal().window().toMillis() / 1000.0;
        this.firstReadAfter = trigger.reading().pollInterval().toMillis() / 1000.0;
        this.deployment = new SimulatedDeployment<>(
                replicas,
                (_, madeAt, readyAt) -> new Pod(madeAt, readyAt),
                new StartUps(settings.startUpSeconds()),
                _ -> {});
        this.ledger = ledger;
        this.began = began;
    }

    /**
     * The demand of the next second.
     *
     * @param total empty: it is not known
     * @param next of the second after it
     * @param judgedBy the demand that is to be carried, in the unit of the ledger's capacity; another one where another signal decides
     */
    void demand(OptionalDouble total, OptionalDouble next, OptionalDouble judgedBy) {
        boolean fell = total.orElse(0) < demand.orElse(0);
        demand = total;
        judged = judgedBy;
        falls = !fell && next.orElse(0) < total.orElse(0);
    }

    /** Whether this second is a peak: it has not less demand than the one before it, and the next one has less. */
    boolean falls() {
        return falls;
    }

    @Override
    public int spec() {
        return deployment.spec();
    }

    @Override
    public void scaleTo(int replicas) {
        deployment.scaleTo(replicas, now);
    }

    @Override
    public void advance(double moment, double seconds) {
        now = moment;
        if (demand.isPresent() && judged.isPresent()) {
            ledger.second(
                    began + (long) moment - 1,
                    judged.getAsDouble(),
                    spec(),
                    deployment.pods().size(),
                    deployment.ready(moment - seconds));
        }
    }

    double now() {
        return now;
    }

    int ready() {
        return deployment.ready(now);
    }

    Scale scale() {
        return new Scale(spec(), deployment.pods().size());
    }

    boolean isLoaded() {
        return demand.orElse(0) > trigger.target().activation();
    }

    /** What is more than the pods carry waits, at the gateway or in them, and where the signal does not show it, the scaler reads it beside. */
    private Unserved unserved(int ready) {
        double waiting = demand.orElse(0) - ready * capacity;
        if (gateway.isPresent()) {
            return new Unserved(
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.of(new Held.Known(gateway.get(), Math.max(0, waiting), 1)));
        }
        return blind && waiting > 0 ? Unserved.waiting(OptionalDouble.of(waiting)) : Unserved.NONE;
    }

    /** As the scaler sees it: a pod that has only just become ready is not read yet. */
    Fleet reading() {
        if (demand.isEmpty()) {
            return new Fleet.NotKnown("nothing is recorded of this time");
        }
        int ready = ready();
        List<PodReading> readings = new ArrayList<>(deployment.pods().size());
        PodReading sampled = new PodReading.Sampled(Math.min(mostShown, demand.getAsDouble() / Math.max(1, ready)));
        int newcomers = 0;
        for (Pod pod : deployment.pods()) {
            if (now >= pod.readyAt() + firstReadAfter) {
                readings.add(sampled);
                newcomers += now < pod.readyAt() + window ? 1 : 0;
            } else {
                readings.add(new PodReading.Starting(Duration.ofMillis((long) ((now - pod.madeAt()) * 1000)), false));
            }
        }
        return new Fleet.Known(scale(), ready, readings, newcomers, OptionalDouble.empty(), unserved(ready));
    }
}
