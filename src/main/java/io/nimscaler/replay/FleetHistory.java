package io.nimscaler.replay;

import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteStretch;
import io.nimscaler.history.Reactions;
import io.nimscaler.history.Recording;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What one trigger saw of its fleet over time.
 *
 * @param trigger its metadata at the end
 * @param limits the ScaledObject's {@code minReplicaCount} and {@code maxReplicaCount} at the end; empty: they were not recorded
 * @param parts in order of time, none over another
 * @param startUps how long pods took from being scheduled to being ready or read first, in seconds, as far as it was seen
 * @param reactions how long replicas took from being asked for to being ready, in seconds, as far as it was seen ({@link Reactions})
 */
public record FleetHistory(
        TriggerId id,
        Trigger trigger,
        Optional<Minute.Limits> limits,
        List<Part> parts,
        List<Double> startUps,
        List<Double> reactions) {

    public FleetHistory {
        parts = List.copyOf(parts);
        startUps = List.copyOf(startUps);
        reactions = List.copyOf(reactions);
    }

    /** One in which no reaction was seen. */
    FleetHistory(
            TriggerId id, Trigger trigger, Optional<Minute.Limits> limits, List<Part> parts, List<Double> startUps) {
        this(id, trigger, limits, parts, startUps, List.of());
    }

    /** What of it is not before a moment. */
    public FleetHistory since(Instant from) {
        return new FleetHistory(
                id,
                trigger,
                limits,
                parts.stream()
                        .filter(part -> part.from() >= from.getEpochSecond())
                        .toList(),
                startUps,
                reactions);
    }

    /** How long it was observed, without what is not known between. */
    public Duration observed() {
        return Duration.ofSeconds(parts.stream().mapToLong(Part::seconds).sum());
    }

    /**
     * The history that recordings of one trigger hold; of several signals, that of the last.
     *
     * @param recordings at least one
     */
    public static FleetHistory of(List<Recording> recordings) {
        List<Recording> inOrder = recordings.stream()
                .sorted(Comparator.comparing(recording -> recording.lines().isEmpty()
                        ? Instant.MIN
                        : recording
                                .lines()
                                .getFirst()
                                .snapshot()
                                .decision()
                                .basis()
                                .at()))
                .toList();
        Recording last = inOrder.getLast();
        PartsOfRecording parts = new PartsOfRecording();
        inOrder.stream()
                .filter(recording ->
                        recording.trigger().signal().equals(last.trigger().signal()))
                .forEach(recording -> recording.lines().forEach(parts::take));
        return new FleetHistory(
                new TriggerId(last.scaledObject(), last.triggerName(), last.shadow()),
                last.trigger(),
                Optional.empty(),
                parts.parts(),
                parts.startUps(),
                parts.reactions());
    }

    /**
     * The history that minutes of one trigger hold; of several signals, that of the last.
     *
     * @param stretches at least one, in order of their beginnings
     * @throws UnusableException where the metadata of the last are none of this version
     */
    public static FleetHistory ofMinutes(List<MinuteStretch> stretches) {
        MinuteStretch last = stretches.getLast();
        Trigger trigger = trigger(last);
        PartsOfMinutes parts = new PartsOfMinutes(trigger);
        // Two replicas of the scaler write the same minutes: of each the first that is found counts
        stretches.stream()
                .filter(stretch -> stretch.header().parsed() instanceof ParsedTrigger.Valid valid
                        && valid.trigger().signal().equals(trigger.signal()))
                .flatMap(stretch -> stretch.minutes().stream())
                .sorted(Comparator.comparing(Minute::at))
                .forEach(parts::take);
        return new FleetHistory(
                last.header().trigger(),
                trigger,
                last.header().limits(),
                parts.parts(),
                parts.startUps(),
                parts.reactions());
    }

    private static Trigger trigger(MinuteStretch stretch) {
        return switch (stretch.header().parsed()) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new UnusableException(invalid.text());
        };
    }
}
