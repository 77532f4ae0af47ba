package io.nimscaler.replay;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.MinuteBook;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.MinuteStretch;
import io.nimscaler.history.MinuteWriter;
import io.nimscaler.history.Recorded;
import io.nimscaler.history.Recording;
import io.nimscaler.history.RecordingReader;
import io.nimscaler.history.RecordingWriter;
import io.nimscaler.hpa.HpaBehavior;
import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/** A fleet as the real scaler sees it, polls and all, under an HPA; what the scaler writes down of it. Not the loop that is tested. */
final class RecordedLife implements Pods, Scraper {

    private record Replica(String name, int madeAt, int readyAt) {}

    /**
     * What makes pods of wishes.
     *
     * @param syncEvery seconds
     * @param reaction seconds from what the HPA writes to pods that are scheduled
     * @param startUp seconds from there to ready
     */
    record ControlPlane(int syncEvery, int reaction, int startUp) {

        static final ControlPlane USUAL = new ControlPlane(15, 0, START_UP);
    }

    static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    static final int START_UP = 90;

    private static final Instant BEGAN = Instant.ofEpochSecond(Days.BEGAN);

    private final Trigger trigger;
    private final ControlPlane plane;
    private final List<Replica> replicas = new ArrayList<>();
    private final DecisionRing ring = new DecisionRing(Duration.ofDays(2), 1L << 31);
    private final MinuteBook book = new MinuteBook();
    private final Set<String> minuteLines = new LinkedHashSet<>();
    private double demand;
    private int now;
    private int made;

    private RecordedLife(Trigger trigger, ControlPlane plane) {
        this.trigger = trigger;
        this.plane = plane;
    }

    /** A life of so many seconds under this demand, in replicas full of work. */
    static RecordedLife of(Trigger trigger, int seconds, IntToDoubleFunction demand) {
        return of(trigger, ControlPlane.USUAL, seconds, demand);
    }

    /** The same under another control plane. */
    static RecordedLife of(Trigger trigger, ControlPlane plane, int seconds, IntToDoubleFunction demand) {
        RecordedLife life = new RecordedLife(trigger, plane);
        life.live(seconds, demand);
        return life;
    }

    private void live(int seconds, IntToDoubleFunction load) {
        Scalers scalers = new Scalers(this, this, WakeSources.none(), GpuExporters.none(), this::decided, true);
        HpaModel hpa = new HpaModel(
                new HpaFormula(.1), MetricType.AVERAGE_VALUE, 1, 100, HpaBehavior.ofDefaults(Duration.ZERO));
        scaleTo(2, -10_000);
        scalers.put(ID, List.of(trigger), false, BEGAN);
        for (now = 0; now < seconds; now++) {
            demand = load.applyAsDouble(now);
            scalers.tick(ID, BEGAN.plusSeconds(now));
            if (now % plane.syncEvery() == plane.syncEvery() / 2) {
                Scale scale = new Scale(replicas.size(), replicas.size());
                OptionalLong value = scalers.snapshot(ID, trigger)
                        .map(snapshot -> snapshot.answer(scale) instanceof Answer.Value(long milli)
                                ? OptionalLong.of(milli)
                                : OptionalLong.empty())
                        .orElse(OptionalLong.empty());
                scaleTo(
                        hpa.sync(
                                value,
                                new Answers(trigger).targetMilli(),
                                replicas.size(),
                                replicas.size(),
                                ready(),
                                BEGAN.plusSeconds(now)),
                        now);
            }
        }
    }

    private void decided(Snapshot snapshot) {
        ring.add(snapshot);
        book.add(snapshot, Optional.empty()).ifPresent(kept -> {
            minuteLines.add(MinuteWriter.header(kept.header()));
            minuteLines.add(MinuteWriter.line(kept.minute()));
        });
    }

    private void scaleTo(int wanted, int at) {
        while (replicas.size() < wanted) {
            int madeAt = at + plane.reaction();
            replicas.add(new Replica("llm-" + ++made, madeAt, madeAt + plane.startUp()));
        }
        while (replicas.size() > wanted) {
            replicas.removeLast();
        }
    }

    private int ready() {
        return (int) replicas.stream().filter(one -> one.readyAt() <= now).count();
    }

    List<String> recordingLines() {
        return RecordingWriter.write(ring.of(new TriggerId(ID, trigger.metricName())).stream()
                        .map(entry -> new Recorded(entry.number(), entry.snapshot())))
                .map(String::strip)
                .toList();
    }

    List<Recording> recordings() {
        return RecordingReader.read(recordingLines().stream());
    }

    List<String> minuteLines() {
        return List.copyOf(minuteLines);
    }

    List<MinuteStretch> minutes() {
        return MinuteReader.read(minuteLines.stream());
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return new Observation.Known(
                new Scale(replicas.size(), replicas.size()),
                ready(),
                replicas.stream()
                        .filter(one -> one.madeAt() <= now)
                        .map(this::pod)
                        .toList());
    }

    private Pod pod(Replica replica) {
        Instant madeAt = BEGAN.plusSeconds(replica.madeAt());
        return new Pod(
                replica.name(),
                replica.name(),
                Pod.Access.at(Optional.of(replica.name()), Map.of()),
                replica.readyAt() <= now
                        ? Pod.Startup.ready(madeAt, BEGAN.plusSeconds(replica.readyAt()))
                        : Pod.Startup.starting(madeAt));
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        boolean answers = replicas.stream().anyMatch(one -> one.name().equals(request.host()) && one.readyAt() <= now);
        double kv = Math.min(1, demand / Math.max(1, ready()));
        int running = (int) Math.round(50 * kv);
        int waiting = (int) Math.round(Math.max(0, 50 * (demand / Math.max(1, ready()) - 1)));
        done.accept(
                answers
                        ? new ScrapeResult.Scraped(List.of(
                                line("gpu_cache_usage_perc", kv),
                                line("num_requests_running", running),
                                line("num_requests_waiting", waiting)))
                        : new ScrapeResult.Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
    }

    private static SampleLine line(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }
}
