package io.nimscaler.scaler;

import io.nimscaler.policy.Held;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Unserved;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.AdmissionOfFleet;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.Signal;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Waking;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The demand that no pod works on: what the pods refuse, what waits in front of them, and what the signal does not see. */
final class UnservedDemand {

    private final FleetSignal signal;
    private final double target;
    private final Waking waking;
    private final AdmissionOfFleet admission;

    private final boolean isBlindToQueues;
    private final Duration staleAfter;
    private final RememberedQueue inFront = new RememberedQueue();

    /** What knows the cost of a request where the signal does not. */
    private final Optional<FleetSignal> cost;

    /**
     * @param signal the trigger's own
     */
    UnservedDemand(Trigger trigger, FleetSignal signal) {
        this(
                trigger,
                signal,
                new AdmissionOfFleet(AdmissionOfFleet.window(trigger.reading().pollInterval())),
                Optional.empty());
    }

    private UnservedDemand(
            Trigger trigger, FleetSignal signal, AdmissionOfFleet admission, Optional<FleetSignal> cost) {
        this.signal = signal;
        this.target = trigger.target().value();
        this.waking = trigger.waking();
        this.isBlindToQueues = trigger.signal().blindTo().isPresent();
        this.staleAfter = trigger.deadlines().staleAfter();
        this.admission = admission;
        this.cost = cost.or(() -> trigger.costedBeside().map(Signal::ofFleet));
    }

    /** The same for the edited trigger, which keeps what was learned and what waited last. */
    UnservedDemand withTrigger(Trigger edited) {
        UnservedDemand next = new UnservedDemand(edited, signal, admission, cost);
        next.inFront.goOnFrom(inFront);
        if (!next.waking.equals(waking)) {
            // Two queues that are not the same are no queue that grew
            next.knowing().forgetInFront();
        }
        return next;
    }

    private FleetSignal knowing() {
        return cost.orElse(signal);
    }

    /**
     * What waits in front of the fleet; called before the signal learns.
     *
     * @param held empty: the trigger names no demand source, any more
     */
    void waits(Optional<Wake> held, Instant now) {
        knowing().waitsInFront(held.map(Wake::demand).orElse(OptionalDouble.empty()), now);
    }

    /**
     * Learns the cost of a request from what the pods say, where the signal does not.
     *
     * @param elapsed since the last call
     */
    void learn(PodMemories pods, Duration elapsed, Instant now) {
        cost.ifPresent(beside -> beside.learn(pods.freshCost(now), elapsed));
    }

    /**
     * @param unseenLoad see {@link PodMemories#rememberedUnseenLoad}
     * @param held what waits at the demand source; empty: the trigger names none
     */
    Unserved at(PodReadings pods, OptionalDouble unseenLoad, Optional<Wake> held, Instant now) {
        Optional<Held> waits = held.map(waiting -> held(waiting, pods.all()));
        return new Unserved(waitsUnseen(unseenLoad, waits, now), refused(pods, now), waits, signal.uneven());
    }

    /** A signal that does not see queues keeps the replicas while one waits, and for a while after it was seen last. */
    private OptionalDouble waitsUnseen(OptionalDouble inPods, Optional<Held> held, Instant now) {
        if (!isBlindToQueues || !(held.orElse(null) instanceof Held.Known(String _, double requests, double _))) {
            return inPods;
        }
        inFront.read(requests, now);
        // What waits now is told as held
        double before = requests > 0 ? 0 : inFront.remembered(staleAfter, now).orElse(0);
        return before > 0 ? OptionalDouble.of(inPods.orElse(0) + before) : inPods;
    }

    private Optional<Admission> refused(PodReadings pods, Instant now) {
        pods.admitted().forEach(admission::add);
        return admission.at(now, pods.serving());
    }

    private Held held(Wake waiting, Collection<PodReading> pods) {
        if (waiting instanceof Wake.Unknown(String source, String reason)) {
            return new Held.Unknown(source, reason);
        }
        OptionalDouble each = knowing().costOfRequest();
        if (waiting.demand().isEmpty() || each.isEmpty()) {
            return new Held.Unknown(waiting.source(), "its last reading is too old");
        }
        double requests = waiting.demand().getAsDouble();
        boolean tooMuch = !knowing().takesQueuesForFlows() && requests * each.getAsDouble() > mostAtOnce(pods);
        return new Held.Known(waiting.source(), requests, tooMuch ? mostAtOnce(pods) / requests : each.getAsDouble());
    }

    /**
     * What waits and is no flow counts as no more than what the pods that are read show or would show at their target: they come to twice
     * as many at most, and once those are there to twice as many again.
     */
    private double mostAtOnce(Collection<PodReading> pods) {
        double[] shown = pods.stream()
                .filter(PodReading.Sampled.class::isInstance)
                .mapToDouble(pod -> ((PodReading.Sampled) pod).value())
                .toArray();
        return Math.max(DoubleStream.of(shown).sum(), target * Math.max(1, shown.length));
    }
}
