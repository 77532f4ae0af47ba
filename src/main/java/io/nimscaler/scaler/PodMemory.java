package io.nimscaler.scaler;

import io.nimscaler.exposition.Contents;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.PodReading;
import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.Polled;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.signal.EngineSleep;
import io.nimscaler.signal.FleetSignal;
import io.nimscaler.signal.Measurement;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Neighbours;
import io.nimscaler.signal.PodSignal;
import io.nimscaler.signal.PodValue;
import io.nimscaler.signal.Sample;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** What is kept of one pod from scrape to scrape, and how it counts at a moment. */
final class PodMemory {

    /** Of heap, by a pod that says one number: its state in each decision, its status, its last sample. */
    private static final long BYTES_OF_ONE_NUMBER = 2_500;

    private Pod pod;
    private final PodPlace place = new PodPlace();
    private final PodStart start = new PodStart();
    private final PodSignal signal;
    private final BesideSignal beside;
    private Optional<Measured> last = Optional.empty();
    private Optional<Problem> problem = Optional.empty();
    private String insteadThere = "";

    /** By the clock of {@link Patience}; empty: it is not missing. */
    private Optional<Duration> missingSince = Optional.empty();

    /**
     * @param watchesTraffic whether what the pod says of its requests is read, too
     */
    PodMemory(Pod pod, Trigger trigger, boolean watchesTraffic) {
        this(pod, trigger, new BesideSignal(trigger, watchesTraffic));
    }

    private PodMemory(Pod pod, Trigger trigger, BesideSignal beside) {
        this.pod = pod;
        this.signal = trigger.signal().ofPod(trigger.modelName());
        this.beside = beside;
    }

    /** The same for another trigger that measures the same; what spans several scrapes begins anew. */
    PodMemory copy(Trigger other) {
        PodMemory copy = new PodMemory(pod, other, beside.copy(other));
        copy.start.goOnFrom(start);
        copy.last = last;
        copy.problem = problem;
        copy.missingSince = missingSince;
        return copy;
    }

    /** Of heap, about, in bytes: what its scaler keeps of it. */
    long keptBytes() {
        return BYTES_OF_ONE_NUMBER + signal.keptBytes() + beside.keptBytes();
    }

    /** As it was described last. */
    Pod pod() {
        return pod;
    }

    /** The pod as it is described now. */
    void describe(Pod now, Trigger trigger, Instant at) {
        start.describe(pod, now, at);
        pod = now;
        if (trigger.signal().isOfGpus()) {
            return;
        }
        if (now.access().number(trigger.reading().port()).isEmpty()) {
            problem = Optional.of(new Problem(
                    NoSample.NO_PORT,
                    "no container port named " + trigger.reading().port()));
        }
        now.access().offLimits().ifPresent(why -> problem = Optional.of(new Problem(ScrapeFailure.NOT_ALLOWED, why)));
    }

    /** See {@link PodPlace#endpoint}. */
    Optional<Endpoint> endpoint(Trigger trigger, String namespace) {
        return place.endpoint(pod, trigger, namespace);
    }

    /** The node whose exporter is asked instead; empty while the pod is on none. */
    Optional<String> gpuNode(Trigger trigger) {
        return trigger.signal().isOfGpus() ? pod.access().node() : Optional.empty();
    }

    /** The name by which an exporter knows it. */
    String podName() {
        return pod.name();
    }

    /** There is nothing to read of it, for this reason. */
    void take(Problem why) {
        problem = Optional.of(why);
    }

    void take(Polled polled, Trigger trigger, Instant askedAt) {
        switch (polled.result()) {
            case ScrapeResult.Failed(ScrapeFailure reason, String detail) ->
                take(new Problem(reason, startedAgain() + detail, Optional.of(polled.where())));
            case ScrapeResult.Scraped(var series, var contents) -> {
                if (contents.form() != Contents.Form.NOT_LOOKED_AT) {
                    insteadThere = Neighbours.of(trigger.signal(), contents);
                }
                take(series, polled::where, trigger, askedAt);
            }
        }
    }

    /** Why it may not answer: how its run before ended. */
    private String startedAgain() {
        return pod.startup()
                .lastRun()
                .map(ended -> "started again after " + ended + ", ")
                .orElse("");
    }

    /**
     * @param where the address that was asked, for people
     */
    void take(List<SampleLine> series, Supplier<String> where, Trigger trigger, Instant askedAt) {
        if (EngineSleep.isAsleep(series, trigger.modelName())) {
            take(new Problem(
                    NoSample.ASLEEP,
                    "its engine sleeps (vllm:engine_sleep_state): it has no room, and is not counted as idle",
                    Optional.of(where.get())));
            return;
        }
        Measurement own = withStatedMaximum(signal.read(series, askedAt));
        Optional<BadValue> impossible = beside.read(series, trigger, askedAt);
        take(own instanceof Measured && impossible.isPresent() ? impossible.get() : own, where, trigger, askedAt);
    }

    /** What its engine does not say its containers may have been told. */
    private Measurement withStatedMaximum(Measurement measurement) {
        return measurement instanceof Measured(PodValue.Work work, Instant at)
                        && pod.maxRunning().isPresent()
                        && work.maxRunning().isEmpty()
                ? new Measured(work.withMaxRunning(pod.maxRunning().getAsInt()), at)
                : measurement;
    }

    /** A value that is too old, or comes from a pod that can not work yet, does not count. */
    private void take(Measurement measurement, Supplier<String> where, Trigger trigger, Instant askedAt) {
        switch (measurement) {
            case Measured(var _, Instant written)
            when written.plus(trigger.deadlines().staleAfter()).isBefore(askedAt) ->
                take(new Problem(
                        NoSample.STALE,
                        "by their timestamps its samples were "
                                + Duration.between(written, askedAt).toSeconds()
                                + " s old when asked for, staleAfter is "
                                + trigger.deadlines().staleAfter().toSeconds() + " s",
                        Optional.of(where.get())));
            case Measured _
            when pod.startup().restarting() && start.isOver() ->
                take(new Problem(
                        NoSample.RESTARTING,
                        "it was started again"
                                + pod.startup().lastRun().map(" after "::concat).orElse("")
                                + ", and has not been ready since",
                        Optional.of(where.get())));
            case Measured measured -> {
                last = Optional.of(measured);
                problem = Optional.empty();
                insteadThere = "";
            }
            case Measurement.TooEarly _ -> problem = Optional.empty();
            case Measurement.NoMetric(String detail) ->
                take(new Problem(NoSample.NO_METRIC, detail + insteadThere, Optional.of(where.get())));
            case BadValue(String detail) -> take(new Problem(NoSample.BAD_VALUE, detail, Optional.of(where.get())));
        }
    }

    /** What it said last, while that is fresh. */
    Optional<PodValue> fresh(Trigger trigger, Instant now) {
        return last.filter(measured -> measured.isFresh(now, trigger.deadlines().staleAfter()))
                .map(Measured::value);
    }

    /** What it says beside that. */
    BesideSignal beside() {
        return beside;
    }

    /** How long it had been starting when it became ready, told once; empty: it did not, or was when it was seen first. */
    Optional<Duration> takeStartUp() {
        return start.takeLength();
    }

    /** Whether it counts as what it says: it has a fresh sample and does not start. Whether it is ready now does not matter. */
    boolean isRead(Trigger trigger, Instant now) {
        return !isStarting(trigger, now) && fresh(trigger, now).isPresent();
    }

    private boolean isStarting(Trigger trigger, Instant now) {
        boolean justReady =
                last.isEmpty() && !wasReadyBy(now.minus(trigger.deadlines().staleAfter()));
        return !start.isOver() || (pod.ready() && justReady);
    }

    /**
     * Readiness, not the answer, decides between starting and missing.
     *
     * @param patience see {@link Patience}
     */
    PodReading reading(Trigger trigger, FleetSignal fleet, Instant now, Duration patience) {
        if (isStarting(trigger, now)) {
            return new PodReading.Starting(start.lasts(pod, now), pod.startup().unschedulable());
        }
        Optional<PodValue> fresh = fresh(trigger, now);
        if (fresh.isPresent()) {
            missingSince = Optional.empty();
            OptionalDouble value = fleet.valueOf(fresh.get());
            return value.isPresent() ? new PodReading.Sampled(value.getAsDouble()) : new PodReading.Quiet();
        }
        // By our own clock, from the moment at which we could have had a sample and had none
        Duration since = missingSince.orElse(patience);
        missingSince = Optional.of(since);
        return new PodReading.Missing(lastValue(fleet), patience.minus(since));
    }

    /** Whether it had been ready by then, be it ready now or not. */
    boolean wasReadyBy(Instant then) {
        return start.wasOverBy(then);
    }

    private OptionalDouble lastValue(FleetSignal fleet) {
        return last.isEmpty()
                ? OptionalDouble.empty()
                : fleet.valueOf(last.get().value());
    }

    /**
     * @param staleBefore what was read before is not known any more
     */
    PodStatus status(PodReading reading, FleetSignal fleet, Instant staleBefore) {
        PodState state = switch (reading) {
            case PodReading.Sampled _, PodReading.Quiet _ -> PodState.SAMPLED;
            case PodReading.Missing _ -> PodState.MISSING;
            case PodReading.Starting _ -> PodState.STARTING;
        };
        OptionalDouble value = lastValue(fleet);
        Optional<Sample> sample = value.isEmpty()
                ? Optional.empty()
                : last.map(measured -> new Sample(value.getAsDouble(), measured.readAt()));
        return new PodStatus(
                pod.name(), pod.address(), state, sample, shownProblem(state), beside.requests(staleBefore));
    }

    /** What keeps a pod from running explains more than that it does not answer. A pod that answers has no problem. */
    private Optional<Problem> shownProblem(PodState state) {
        return state == PodState.SAMPLED && problem.isEmpty()
                ? Optional.empty()
                : pod.startup().obstacle().or(() -> problem);
    }
}
