package io.nimscaler.replay;

import io.nimscaler.history.Recorded;
import io.nimscaler.history.Recording;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What another policy would have decided on the very readings that there were, on the fleet that the present one made: each decision,
 * and no more than that. What it would have made of another fleet is the closed loop's question.
 *
 * @param decisions how many
 * @param differing of how many the HPA would have made another number of replicas
 * @param present of the policy that was
 * @param other of the other one
 * @param steps some of them, evenly chosen, for a plot
 * @param fromTheBeginning whether the other policy began with empty windows, since no state was recorded
 */
public record OpenLoop(
        int decisions, int differing, Asked present, Asked other, List<Step> steps, boolean fromTheBeginning) {

    private static final int MOST_STEPS = 1_000;
    private static final Duration STANDS_FOR = Duration.ofSeconds(15);

    /**
     * What the HPA's formula makes of the answers, before its minimum, maximum, windows and rates.
     *
     * @param mean over the time in which it makes something of them; empty: it never does
     * @param fewest replicas
     * @param most replicas
     * @param unknownTime share of the time in which nothing was answered, 0 to 1
     */
    public record Asked(OptionalDouble mean, OptionalLong fewest, OptionalLong most, double unknownTime) {}

    /**
     * One decision.
     *
     * @param present replicas that the HPA makes of the answer that was; empty: there was none
     * @param other of the other one
     */
    public record Step(Instant at, OptionalLong present, OptionalLong other) {}

    public OpenLoop {
        steps = List.copyOf(steps);
    }

    /**
     * Goes through recordings of one trigger.
     *
     * @throws StoppedException where {@code stop} says so
     */
    public static OpenLoop of(List<Recording> recordings, Trigger other, Stop stop) {
        Reading reading = new Reading(other);
        for (Recording recording : recordings) {
            for (Recorded line : recording.lines()) {
                reading.take(recording.trigger(), line, stop);
            }
        }
        return reading.result();
    }

    /**
     * The same on a history of minutes, of which the readings are made again as well as their numbers allow: each ready pod at the mean, four
     * readings a minute, and the present policy is asked anew, too.
     *
     * @throws UnusableException where nothing is known, or the signal does not add up
     * @throws StoppedException where {@code stop} says so
     */
    public static OpenLoop of(FleetHistory history, Trigger other, Stop stop) {
        if (!history.trigger().signal().isAdditive()) {
            throw new UnusableException(
                    "metric = \"" + history.trigger().signal().name()
                            + "\": expected a signal that adds up over pods; a level is replayed on a recording alone");
        }
        return new ReplayedMinutes(history, other, stop).result();
    }

    static OpenLoop summed(List<Step> steps, int differing, boolean fromTheBeginning) {
        if (steps.isEmpty()) {
            throw new UnusableException("expected a decision at least, got none");
        }
        int every = (steps.size() + MOST_STEPS - 1) / MOST_STEPS;
        List<Step> chosen = new ArrayList<>();
        for (int i = 0; i < steps.size(); i += every) {
            chosen.add(steps.get(i));
        }
        return new OpenLoop(steps.size(), differing, sum(steps, true), sum(steps, false), chosen, fromTheBeginning);
    }

    static OptionalLong asked(Answers answers, Decision decision) {
        return decision.basis().fleet() instanceof Fleet.Known fleet
                ? answers.hpaDesiredReplicas(answers.value(decision, fleet.scale()), fleet.scale(), fleet.readyPods())
                : OptionalLong.empty();
    }

    private static Asked sum(List<Step> steps, boolean present) {
        double known = 0;
        double unknown = 0;
        double replicaSeconds = 0;
        long fewest = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < steps.size(); i++) {
            OptionalLong replicas =
                    present ? steps.get(i).present() : steps.get(i).other();
            double seconds = i + 1 == steps.size()
                    ? 1
                    : Math.clamp(
                            Duration.between(steps.get(i).at(), steps.get(i + 1).at())
                                            .toMillis()
                                    / 1000.0,
                            0,
                            STANDS_FOR.toSeconds());
            if (replicas.isEmpty()) {
                unknown += seconds;
                continue;
            }
            known += seconds;
            replicaSeconds += replicas.getAsLong() * seconds;
            fewest = Math.min(fewest, replicas.getAsLong());
            most = Math.max(most, replicas.getAsLong());
        }
        boolean any = known > 0;
        return new Asked(
                any ? OptionalDouble.of(replicaSeconds / known) : OptionalDouble.empty(),
                any ? OptionalLong.of(fewest) : OptionalLong.empty(),
                any ? OptionalLong.of(most) : OptionalLong.empty(),
                unknown / Math.max(1e-9, known + unknown));
    }

    private static final class Reading {

        private final Trigger other;
        private final Answers otherAnswers;
        private final List<Step> steps = new ArrayList<>();
        private Optional<Policy> policy = Optional.empty();
        private boolean fromTheBeginning;
        private int differing;

        Reading(Trigger other) {
            this.other = other;
            this.otherAnswers = new Answers(other);
        }

        void take(Trigger was, Recorded line, Stop stop) {
            if (steps.size() % 1_000 == 0) {
                stop.check();
            }
            Decision recorded = line.snapshot().decision();
            Policy its = policy.orElseGet(() -> begin(was, line));
            policy = Optional.of(its);
            Decision decided =
                    its.decide(recorded.basis().fleet(), recorded.basis().at());
            OptionalLong present = asked(new Answers(was), recorded);
            OptionalLong otherwise = asked(otherAnswers, decided);
            if (!present.equals(otherwise)) {
                differing++;
            }
            steps.add(new Step(recorded.basis().at(), present, otherwise));
        }

        private Policy begin(Trigger was, Recorded first) {
            fromTheBeginning = first.snapshot().stateBefore().isEmpty();
            return first.snapshot()
                    .stateBefore()
                    .map(state -> Policy.resumed(was, state).withTrigger(other))
                    .orElseGet(() -> new Policy(other));
        }

        OpenLoop result() {
            return summed(steps, differing, fromTheBeginning);
        }
    }
}
