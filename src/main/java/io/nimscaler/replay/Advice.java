package io.nimscaler.replay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which settings are better: of many that were tried, the cheapest that are not overloaded more than allowed.
 *
 * @param observed how long, without what is not known
 * @param was what was really there
 * @param present the present settings in the same loop
 * @param tried all that were tried, the present ones among them
 * @param advised empty: there is no advice, and {@code reasons} say why
 * @param perfect the least with which nothing is overloaded, of one who knows the future
 * @param allowed share of the time that may be overloaded, 0 to 1
 * @param saturatedTime share of the time in which the demand may have been more than was seen, 0 to 1
 * @param reasons why there is no advice, or why to trust it less, in words
 * @param settings what held for all
 */
public record Advice(
        Duration observed,
        Outcome was,
        Tried present,
        List<Tried> tried,
        Optional<Tried> advised,
        Outcome perfect,
        double allowed,
        double saturatedTime,
        List<String> reasons,
        FleetSettings settings) {

    /** Of a month, in hours: 365.25 days a year. */
    public static final double HOURS_A_MONTH = 730.5;

    /**
     * One setting.
     *
     * @param changed the keys of the metadata with other values than now
     * @param minReplicaCount of the ScaledObject
     * @param outcome on the demand that was seen
     * @param atMost where the demand was not all seen, on its upper bound
     */
    public record Tried(Map<String, String> changed, int minReplicaCount, Outcome outcome, Optional<Outcome> atMost) {

        public Tried {
            changed = Map.copyOf(changed);
        }

        /** By the upper bound of the demand, where it was not all seen. */
        double overloadedTime() {
            return atMost.orElse(outcome).overloadedTime();
        }

        double replicaHours() {
            return atMost.orElse(outcome).replicaHours();
        }

        /** Of another signal a little less of the time may be known: hours alone would make it cheaper. */
        double meanReplicas() {
            return atMost.orElse(outcome).meanReplicas();
        }
    }

    public Advice {
        tried = List.copyOf(tried);
        reasons = List.copyOf(reasons);
    }

    /**
     * Tries settings around the present ones.
     *
     * @throws UnusableException where the history does not answer it
     * @throws StoppedException where {@code stop} says so
     */
    public static Advice of(FleetHistory history, Question question, Stop stop) {
        return of(history, List.of(), question, stop);
    }

    /**
     * The same, and other signals with it: each decides on a fleet that is judged by the demand of this history.
     *
     * @param others what other triggers and shadows of the ScaledObject saw
     * @throws UnusableException where the history does not answer it
     * @throws StoppedException where {@code stop} says so
     */
    public static Advice of(FleetHistory history, List<FleetHistory> others, Question question, Stop stop) {
        return new Sweep(SweepInput.of(history, question, stop), others).advice();
    }

    /** What an outcome costs in a month of such days. */
    public static double perMonth(Outcome outcome, double pricePerReplicaHour) {
        return outcome.hours() == 0
                ? 0
                : outcome.replicaHours() / outcome.hours() * HOURS_A_MONTH * pricePerReplicaHour;
    }

    /** The lines of the ScaledObject to change; empty: there is no advice. */
    public Optional<ScaledObjectLines> lines() {
        return advised.map(one -> {
            Map<String, String> settings = new TreeMap<>(one.changed());
            if (one.minReplicaCount() != present.minReplicaCount()) {
                settings.put(FleetKey.MIN_REPLICA_COUNT.key(), String.valueOf(one.minReplicaCount()));
            }
            return ScaledObjectLines.of(settings);
        });
    }
}
