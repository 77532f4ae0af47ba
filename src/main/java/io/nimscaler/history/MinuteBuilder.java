package io.nimscaler.history;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.signal.Sample;
import io.nimscaler.signal.Traffic;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The decisions of one trigger within one minute, under one setting → a {@link Minute}. */
final class MinuteBuilder {

    private final Trigger trigger;
    private final MinuteHeader header;
    private final Instant at;

    private int reports;
    private final Map<HoldReason, Integer> holds = new EnumMap<>(HoldReason.class);
    private int unknown;
    private int active;
    private final Moving hpa = new Moving();
    private final Moving demand = new Moving();
    private OptionalDouble busiest = OptionalDouble.empty();
    private final Moving wanted = new Moving();
    private final Moving present = new Moving();
    private final Moving ready = new Moving();
    private final Moving sampled = new Moving();
    private final Moving missing = new Moving();
    private final Moving starting = new Moving();
    private final Moving stuck = new Moving();
    private final Moving running = new Moving();
    private final Moving waiting = new Moving();
    private final Moving promptTokens = new Moving();
    private final Moving generationTokens = new Moving();
    private final Moving rejections = new Moving();
    private final List<Duration> startUps = new ArrayList<>();
    private final List<Duration> reactions = new ArrayList<>();
    private final Moving held = new Moving();

    private MinuteBuilder(Trigger trigger, MinuteHeader header, Instant at) {
        this.trigger = trigger;
        this.header = header;
        this.at = at;
    }

    static MinuteBuilder of(Snapshot first, Optional<Minute.Limits> limits, Instant at) {
        return new MinuteBuilder(first.trigger(), MinuteHeader.of(TriggerId.of(first), first.trigger(), limits), at);
    }

    /** That of another minute under the same settings. */
    MinuteBuilder next(Instant its) {
        return new MinuteBuilder(trigger, header, its);
    }

    Instant at() {
        return at;
    }

    boolean isOf(Trigger other, Optional<Minute.Limits> otherLimits) {
        return trigger.equals(other) && header.limits().equals(otherLimits);
    }

    /**
     * @param came how long the replicas took that have become ready since the decision before
     */
    void add(Snapshot snapshot, List<Duration> came) {
        switch (snapshot.decision()) {
            case Decision.Report _ -> reports++;
            case Decision.Hold(HoldReason reason, var _) -> holds.merge(reason, 1, Integer::sum);
            case Decision.Unknown _ -> unknown++;
        }
        active += snapshot.activity() == Activity.ACTIVE ? 1 : 0;
        snapshot.hpaDesiredReplicas().ifPresent(hpa::add);
        demand(snapshot).ifPresent(demand::add);
        snapshot.decision().basis().known().ifPresent(this::add);
        snapshot.pods().forEach(this::add);
        Traffic traffic = snapshot.circumstances().traffic();
        traffic.running().ifPresent(running::add);
        // A signal that does not show the queue has it beside it
        (traffic.waiting().isPresent() ? traffic.waiting() : snapshot.unseenLoad()).ifPresent(waiting::add);
        traffic.promptTokens().ifPresent(promptTokens::add);
        traffic.generationTokens().ifPresent(generationTokens::add);
        traffic.rejections().ifPresent(rejections::add);
        keep(snapshot.circumstances().startUps(), startUps);
        keep(came, reactions);
        if (snapshot.decision().basis().fleet() instanceof Fleet.Known fleet) {
            fleet.unserved()
                    .knownHeld()
                    .map(Held.Known::load)
                    .filter(Double::isFinite)
                    .ifPresent(held::add);
        }
    }

    private static void keep(List<Duration> lengths, List<Duration> in) {
        lengths.stream()
                .limit(Minute.MOST_START_UPS - in.size())
                .map(MinuteBuilder::kept)
                .forEach(in::add);
    }

    /** What the pods carry, where that adds up; the decision has none while pods start and the others are full. */
    private static OptionalDouble demand(Snapshot snapshot) {
        return snapshot.trigger().signal().isAdditive()
                        && snapshot.decision().basis().fleet() instanceof Fleet.Known fleet
                ? Carrying.of(fleet)
                : snapshot.decision().basis().demand();
    }

    private void add(Decision.Basis.Known known) {
        wanted.add(known.scale().spec());
        present.add(known.scale().status());
        ready.add(known.fleet().readyPods());
        Counts counts = known.counts();
        sampled.add(counts.sampled() + counts.quiet());
        missing.add(counts.missing() + counts.countedAsMean());
        starting.add(counts.starting());
        stuck.add(counts.stuck());
    }

    private void add(PodStatus pod) {
        if (pod.state() == PodState.SAMPLED) {
            OptionalDouble value =
                    pod.sample().stream().mapToDouble(Sample::value).findFirst();
            busiest = value.isPresent() && value.getAsDouble() >= busiest.orElse(0) ? value : busiest;
        }
    }

    /** To a tenth of a second. */
    private static Duration kept(Duration startUp) {
        return Duration.ofMillis(Math.round(startUp.toMillis() / 100.0) * 100);
    }

    /** The minute; empty: nothing was decided in it. */
    Optional<KeptMinute> end() {
        Minute.Decided decided = new Minute.Decided(reports, holds, unknown, active, hpa.range());
        if (decided.total() == 0) {
            return Optional.empty();
        }
        Minute minute = new Minute(
                at,
                decided,
                demand.range(),
                demand.number(),
                busiest.isPresent() ? OptionalDouble.of(Range.kept(busiest.getAsDouble())) : busiest,
                replicas(),
                new Minute.Traffic(
                        running.range(),
                        waiting.range(),
                        promptTokens.mean(),
                        generationTokens.mean(),
                        rejections.mean()),
                startUps,
                reactions,
                held.mean());
        return Optional.of(new KeptMinute(header, minute));
    }

    private Optional<Minute.Replicas> replicas() {
        return wanted.range()
                .map(range -> new Minute.Replicas(
                        range,
                        present.range().orElseThrow(),
                        ready.range().orElseThrow(),
                        sampled.mean().orElseThrow(),
                        missing.mean().orElseThrow(),
                        starting.mean().orElseThrow(),
                        stuck.mean().orElseThrow()));
    }

    /** Of a number that was known at some decisions. */
    private static final class Moving {

        private double lowest = Double.POSITIVE_INFINITY;
        private double highest;
        private double sum;
        private int number;

        void add(double value) {
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
            sum += value;
            number++;
        }

        int number() {
            return number;
        }

        Optional<Range> range() {
            return number == 0
                    ? Optional.empty()
                    : Optional.of(new Range(
                            Range.kept(lowest),
                            Range.kept(Math.clamp(sum / number, lowest, highest)),
                            Range.kept(highest)));
        }

        OptionalDouble mean() {
            return number == 0 ? OptionalDouble.empty() : OptionalDouble.of(Range.kept(sum / number));
        }
    }
}
