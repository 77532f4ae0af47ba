package io.nimscaler.history;

import io.nimscaler.policy.HoldReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Puts several minutes into one: the lowest of the lowest, the highest of the highest, and means by the number of decisions. */
public final class Coarser implements MinuteReader.Sink {

    private final long seconds;
    private final List<KeptMinute> merged = new ArrayList<>();
    private Optional<MinuteHeader> header = Optional.empty();

    /**
     * @param length of what becomes one; whole minutes, at least one
     */
    public Coarser(Duration length) {
        if (length.compareTo(Duration.ofMinutes(1)) < 0 || length.toSeconds() % 60 != 0) {
            throw new IllegalArgumentException("length = " + length + ", must be whole minutes");
        }
        this.seconds = length.toSeconds();
    }

    @Override
    public void header(MinuteHeader next) {
        header = Optional.of(next);
    }

    @Override
    public void minute(Minute minute) {
        Instant beginning = Instant.ofEpochSecond(Math.floorDiv(minute.at().getEpochSecond(), seconds) * seconds);
        MinuteHeader its = header.orElseThrow();
        if (!merged.isEmpty() && merged.getLast().minute().at().equals(beginning)) {
            Minute before = merged.removeLast().minute();
            merged.add(new KeptMinute(its, merged(before, minute, beginning)));
        } else {
            merged.add(new KeptMinute(its, at(minute, beginning)));
        }
    }

    /** What there is by now, each under the settings that it ended with. */
    public List<KeptMinute> merged() {
        return List.copyOf(merged);
    }

    private static Minute at(Minute minute, Instant at) {
        return new Minute(
                at,
                minute.decided(),
                minute.demand(),
                minute.knownDemand(),
                minute.busiest(),
                minute.replicas(),
                minute.traffic(),
                minute.startUps(),
                minute.reactions(),
                minute.held());
    }

    private static Minute merged(Minute one, Minute other, Instant at) {
        int ofOne = one.decided().total();
        int ofOther = other.decided().total();
        return new Minute(
                at,
                merged(one.decided(), other.decided()),
                merged(one.demand(), one.knownDemand(), other.demand(), other.knownDemand()),
                one.knownDemand() + other.knownDemand(),
                Stream.of(one.busiest(), other.busiest())
                        .flatMapToDouble(OptionalDouble::stream)
                        .max(),
                mergedReplicas(one.replicas(), ofOne, other.replicas(), ofOther),
                merged(one.traffic(), ofOne, other.traffic(), ofOther),
                together(one.startUps(), other.startUps()),
                together(one.reactions(), other.reactions()),
                mean(one.held(), ofOne, other.held(), ofOther));
    }

    private static List<Duration> together(List<Duration> one, List<Duration> other) {
        return Stream.concat(one.stream(), other.stream())
                .limit(Minute.MOST_START_UPS)
                .toList();
    }

    private static Minute.Decided merged(Minute.Decided one, Minute.Decided other) {
        Map<HoldReason, Integer> holds = new EnumMap<>(HoldReason.class);
        holds.putAll(one.holds());
        other.holds().forEach((reason, number) -> holds.merge(reason, number, Integer::sum));
        return new Minute.Decided(
                one.reports() + other.reports(),
                holds,
                one.unknown() + other.unknown(),
                one.active() + other.active(),
                merged(one.hpa(), one.total(), other.hpa(), other.total()));
    }

    private static Optional<Minute.Replicas> mergedReplicas(
            Optional<Minute.Replicas> one, int ofOne, Optional<Minute.Replicas> other, int ofOther) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        Minute.Replicas before = one.get();
        Minute.Replicas after = other.get();
        return Optional.of(new Minute.Replicas(
                merged(before.wanted(), ofOne, after.wanted(), ofOther),
                merged(before.present(), ofOne, after.present(), ofOther),
                merged(before.ready(), ofOne, after.ready(), ofOther),
                mean(before.sampled(), ofOne, after.sampled(), ofOther),
                mean(before.missing(), ofOne, after.missing(), ofOther),
                mean(before.starting(), ofOne, after.starting(), ofOther),
                mean(before.stuck(), ofOne, after.stuck(), ofOther)));
    }

    private static Minute.Traffic merged(Minute.Traffic one, int ofOne, Minute.Traffic other, int ofOther) {
        return new Minute.Traffic(
                merged(one.running(), ofOne, other.running(), ofOther),
                merged(one.waiting(), ofOne, other.waiting(), ofOther),
                mean(one.promptTokens(), ofOne, other.promptTokens(), ofOther),
                mean(one.generationTokens(), ofOne, other.generationTokens(), ofOther),
                mean(one.rejections(), ofOne, other.rejections(), ofOther));
    }

    private static Optional<Range> merged(Optional<Range> one, int ofOne, Optional<Range> other, int ofOther) {
        return one.isEmpty() || other.isEmpty()
                ? one.or(() -> other)
                : Optional.of(merged(one.get(), ofOne, other.get(), ofOther));
    }

    private static Range merged(Range one, int ofOne, Range other, int ofOther) {
        double lowest = Math.min(one.lowest(), other.lowest());
        double highest = Math.max(one.highest(), other.highest());
        return new Range(lowest, Math.clamp(mean(one.mean(), ofOne, other.mean(), ofOther), lowest, highest), highest);
    }

    private static OptionalDouble mean(OptionalDouble one, int ofOne, OptionalDouble other, int ofOther) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return OptionalDouble.of(mean(one.getAsDouble(), ofOne, other.getAsDouble(), ofOther));
    }

    private static double mean(double one, int ofOne, double other, int ofOther) {
        return ofOne + ofOther == 0 ? (one + other) / 2 : (one * ofOne + other * ofOther) / (ofOne + ofOther);
    }
}
