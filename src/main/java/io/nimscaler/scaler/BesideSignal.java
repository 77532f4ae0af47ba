package io.nimscaler.scaler;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.AdmissionOfFleet;
import io.nimscaler.signal.AdmissionOfPod;
import io.nimscaler.signal.Measurement;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.PodSignal;
import io.nimscaler.signal.PodValue;
import io.nimscaler.signal.RequestsOfPod;
import io.nimscaler.signal.RequestsOfPod.Requests;
import io.nimscaler.signal.Traffic;
import io.nimscaler.signal.TrafficOfPod;
import io.nimscaler.signal.WaitingForRoom;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a pod's bodies say beside the value of the signal, each where it is needed. */
final class BesideSignal {

    /** What waits for room in a queue that the signal does not see. */
    private final Optional<PodSignal> unseen;

    private final RememberedQueue unseenQueue = new RememberedQueue();

    /** What one request takes, if the signal does not know it. */
    private final Optional<PodSignal> cost;

    private Optional<Measured> latestCost = Optional.empty();

    private final Optional<AdmissionOfPod> admission;
    private Optional<Admission> admitted = Optional.empty();

    private final Optional<TrafficOfPod> watched;
    private Traffic traffic = Traffic.UNKNOWN;

    /** A pod that goes ends the requests of each model. */
    private final RequestsOfPod requestsOfPod = new RequestsOfPod(Optional.empty());

    private Optional<Requests> requests = Optional.empty();

    /**
     * @param watchesTraffic whether what the pod says of its requests is read, too
     */
    BesideSignal(Trigger trigger, boolean watchesTraffic) {
        Optional<String> model = trigger.modelName();
        Duration interval = trigger.reading().pollInterval();
        this.unseen = trigger.signal().blindTo().map(queue -> new WaitingForRoom(queue.ofPod(model), model));
        this.cost = trigger.signal()
                .costedBy()
                .filter(other -> !other.equals(trigger.signal()))
                .map(other -> other.ofPod(model));
        this.admission = trigger.signal().isCutByRefusals()
                ? Optional.of(new AdmissionOfPod(model, AdmissionOfFleet.window(interval)))
                : Optional.empty();
        this.watched = watchesTraffic ? Optional.of(new TrafficOfPod(model, interval)) : Optional.empty();
    }

    /** The same for another trigger; what spans several scrapes begins anew. */
    BesideSignal copy(Trigger other) {
        BesideSignal copy = new BesideSignal(other, watched.isPresent());
        copy.unseenQueue.goOnFrom(unseenQueue);
        return copy;
    }

    /** Of heap, about, in bytes. */
    long keptBytes() {
        return unseen.map(PodSignal::keptBytes).orElse(0L)
                + cost.map(PodSignal::keptBytes).orElse(0L)
                + admission.map(AdmissionOfPod::keptBytes).orElse(0L)
                + watched.map(TrafficOfPod::keptBytes).orElse(0L);
    }

    /**
     * Reads what one body says.
     *
     * @return what it says of the queue that the signal does not see, if that can not be: the queue is then unknown, and not empty
     */
    Optional<BadValue> read(List<SampleLine> series, Trigger trigger, Instant askedAt) {
        Optional<Measurement> queue = unseen.map(reader -> reader.read(series, askedAt));
        if (queue.orElse(null) instanceof Measured(PodValue.Amount(double waiting), Instant at)) {
            unseenQueue.read(waiting, at);
        }
        cost.map(reader -> reader.read(series, askedAt))
                .filter(Measured.class::isInstance)
                .ifPresent(measured -> latestCost = Optional.of((Measured) measured));
        admitted = admission
                .flatMap(reader -> reader.read(series, askedAt))
                .map(now -> admitted.map(now::plus).orElse(now))
                .or(() -> admitted);
        watched.ifPresent(reader -> traffic = reader.read(series, askedAt));
        if (trigger.isIdlestFirst()) {
            requests = requestsOfPod.read(series, askedAt);
        }
        return queue.filter(BadValue.class::isInstance).map(BadValue.class::cast);
    }

    /** The queue that the signal does not see, while that is fresh. */
    OptionalDouble unseenQueue(Trigger trigger, Instant now) {
        return unseenQueue.latest(trigger.deadlines().staleAfter(), now);
    }

    /** The same, where a queue that is empty for a moment is not gone. */
    OptionalDouble rememberedQueue(Trigger trigger, Instant now) {
        return unseenQueue.remembered(trigger.deadlines().staleAfter(), now);
    }

    /** What the signal says that knows what one request takes, while that is fresh. */
    Optional<PodValue> cost(Trigger trigger, Instant now) {
        return latestCost
                .filter(measured -> measured.isFresh(now, trigger.deadlines().staleAfter()))
                .map(Measured::value);
    }

    /** What the pod took and refused since this was last asked; empty: it does not tell. */
    Optional<Admission> takeAdmitted() {
        Optional<Admission> told = admitted;
        admitted = Optional.empty();
        return told;
    }

    /** What it last said of its requests; meant while what it says of the signal is fresh. */
    Traffic traffic() {
        return traffic;
    }

    /**
     * How many requests it has, where the trigger wants to know.
     *
     * @param staleBefore what was read before is not known any more
     */
    OptionalDouble requests(Instant staleBefore) {
        return requests.filter(read -> !read.readAt().isBefore(staleBefore))
                .map(read -> OptionalDouble.of(read.number()))
                .orElse(OptionalDouble.empty());
    }
}
