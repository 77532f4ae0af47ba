package io.nimscaler.history;

import io.nimscaler.policy.HoldReason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one trigger saw and decided within one minute. What was not known in the whole minute is empty, never 0.
 *
 * @param at its beginning
 * @param demand what the pods carried together in the signal's unit, unsmoothed, also while the policy could not tell the demand
 *     ({@link Carrying}; of a level: the decision's, level × wanted replicas); divided by the target value of its {@link MinuteHeader} it is
 *     the replicas that it needs. Over {@code knownDemand} decisions
 * @param knownDemand how many of the decisions knew the demand
 * @param busiest the highest value of a pod that was sampled, in the signal's unit: where the signal saturates at 1 and this is there, the
 *     demand may have been more
 * @param startUps how long the pods that became ready in this minute had been starting, from being scheduled; {@value #MOST_START_UPS} are
 *     kept at most
 * @param reactions how long the replicas that became ready in this minute took from being asked for ({@link Reactions}); as many at most
 * @param held what waited at the trigger's {@code demandSource}, in the signal's unit, on average; empty: it names none, or that was not
 *     known
 */
public record Minute(
        Instant at,
        Decided decided,
        Optional<Range> demand,
        int knownDemand,
        OptionalDouble busiest,
        Optional<Replicas> replicas,
        Traffic traffic,
        List<Duration> startUps,
        List<Duration> reactions,
        OptionalDouble held) {

    /** A fleet in which more pods than this became ready within a minute says enough by these. */
    public static final int MOST_START_UPS = 32;

    public Minute {
        if (!at.truncatedTo(ChronoUnit.MINUTES).equals(at)) {
            throw new IllegalArgumentException("at = " + at + ", must be the beginning of a minute");
        }
        if (knownDemand < 0 || knownDemand > decided.total() || (knownDemand > 0) != demand.isPresent()) {
            throw new IllegalArgumentException("knownDemand = " + knownDemand
                    + ", must be above 0 where there is a demand, and at most the number of decisions");
        }
        if (startUps.size() > MOST_START_UPS || reactions.size() > MOST_START_UPS) {
            throw new IllegalArgumentException(startUps.size() + " start-ups, " + reactions.size()
                    + " reactions, must be at most " + MOST_START_UPS);
        }
        if (!(held.orElse(0) >= 0 && held.orElse(0) < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("held = " + held + ", must be at least 0");
        }
        startUps = List.copyOf(startUps);
        reactions = List.copyOf(reactions);
    }

    /**
     * What was decided, each in number of decisions; all together about 60, fewer where the scaler did not run for the whole minute or decides
     * less often.
     *
     * @param active how many said that there is something to do (KEDA's {@code IsActive})
     * @param hpa what the HPA's formula makes of the values that KEDA was told, in replicas; empty: none was told
     */
    public record Decided(int reports, Map<HoldReason, Integer> holds, int unknown, int active, Optional<Range> hpa) {

        public Decided {
            if (reports < 0
                    || unknown < 0
                    || active < 0
                    || holds.values().stream().anyMatch(number -> number < 1)) {
                throw new IllegalArgumentException("a number of decisions must be at least 0, of a reason for holds 1");
            }
            Map<HoldReason, Integer> copy = new EnumMap<>(HoldReason.class);
            copy.putAll(holds);
            holds = Collections.unmodifiableMap(copy);
        }

        public int total() {
            return reports + held() + unknown;
        }

        public int held() {
            return holds.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /**
     * The scale target's replicas, over the decisions that knew them.
     *
     * @param wanted {@code spec}
     * @param present {@code status}
     * @param ready as the HPA counts them
     * @param sampled pods with a fresh sample, on average
     * @param missing pods that should have one and have none, on average
     * @param starting on average, without the stuck
     * @param stuck pods that are starting for longer than {@code startingDeadline}, on average
     */
    public record Replicas(
            Range wanted, Range present, Range ready, double sampled, double missing, double starting, double stuck) {

        public Replicas {
            if (!(sampled >= 0 && missing >= 0 && starting >= 0 && stuck >= 0)
                    || !Double.isFinite(sampled + missing + starting + stuck)) {
                throw new IllegalArgumentException("a number of pods must be at least 0");
            }
        }
    }

    /**
     * What the pods' bodies say of their requests, in total over the fleet. Empty where a pod that was sampled does not say it.
     *
     * @param running requests that are worked on
     * @param waiting requests in the queues
     * @param promptTokens a second
     * @param generationTokens a second
     * @param rejections requests a second that a server refused or gave up
     */
    public record Traffic(
            Optional<Range> running,
            Optional<Range> waiting,
            OptionalDouble promptTokens,
            OptionalDouble generationTokens,
            OptionalDouble rejections) {

        /** Of bodies that say nothing of it. */
        public static final Traffic UNKNOWN = new Traffic(
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    /** {@code minReplicaCount} and {@code maxReplicaCount} of a ScaledObject. */
    public record Limits(int min, int max) {

        public Limits {
            if (min < 0 || max < 0) {
                throw new IllegalArgumentException("min = " + min + ", max = " + max + ", must be at least 0");
            }
        }
    }
}
