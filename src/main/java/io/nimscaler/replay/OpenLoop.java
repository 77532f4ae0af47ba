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
 * What another policy would have decided on the same readings, on the fleet that the present policy made: only the decisions.
 * The closed loop answers what another fleet would have seen.
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

    static OptionalLong asked(Answers answers, Decision decision) {
        return decision.basis().fleet() instanceof Fleet.Known fleet
                ? answers.hpaDesiredReplicas(answers.value(decision, fleet.scale()), fleet.scale(), fleet.readyPods())
                : OptionalLong.empty();
    }

    /** Adds steps up as they come, and keeps some of them: 14 days of minutes have 80,000. */
    static final class Sum {

        private final Course present = new Course();
        private final Course other = new Course();
        private final List<Step> chosen = new ArrayList<>();
        private Optional<Step> last = Optional.empty();
        private int steps;
        private int differing;
        private int every = 1;

        /** How many there were. */
        int steps() {
            return steps;
        }

        /** The next one, not before the one before it. */
        void add(Step step) {
            last.ifPresent(before -> stood(
                    before,
                    Math.clamp(
                            Duration.between(before.at(), step.at()).toMillis() / 1000.0, 0, STANDS_FOR.toSeconds())));
            last = Optional.of(step);
            differing += step.present().equals(step.other()) ? 0 : 1;
            if (steps % every == 0) {
                choose(step);
            }
            steps++;
        }

        private void choose(Step step) {
            if (chosen.size() == MOST_STEPS) {
                List<Step> all = List.copyOf(chosen);
                chosen.clear();
                for (int i = 0; i < all.size(); i += 2) {
                    chosen.add(all.get(i));
                }
                every *= 2;
            }
            if (steps % every == 0) {
                chosen.add(step);
            }
        }

        private void stood(Step step, double seconds) {
            present.add(step.present(), seconds);
            other.add(step.other(), seconds);
        }

        /**
         * @throws UnusableException where there were none
         */
        OpenLoop result(boolean fromTheBeginning) {
            stood(last.orElseThrow(() -> new UnusableException("expected a decision at least, got none")), 1);
            return new OpenLoop(steps, differing, present.asked(), other.asked(), chosen, fromTheBeginning);
        }
    }

    private static final class Course {

        private double known;
        private double unknown;
        private double replicaSeconds;
        private long fewest = Long.MAX_VALUE;
        private long most;

        void add(OptionalLong replicas, double seconds) {
            if (replicas.isEmpty()) {
                unknown += seconds;
                return;
            }
            known += seconds;
            replicaSeconds += replicas.getAsLong() * seconds;
            fewest = Math.min(fewest, replicas.getAsLong());
            most = Math.max(most, replicas.getAsLong());
        }

        Asked asked() {
            boolean any = known > 0;
            return new Asked(
                    any ? OptionalDouble.of(replicaSeconds / known) : OptionalDouble.empty(),
                    any ? OptionalLong.of(fewest) : OptionalLong.empty(),
                    any ? OptionalLong.of(most) : OptionalLong.empty(),
                    unknown / Math.max(1e-9, known + unknown));
        }
    }

    private static final class Reading {

        private final Trigger other;
        private final Answers otherAnswers;
        private final Sum sum = new Sum();
        private Optional<Policy> policy = Optional.empty();
        private boolean fromTheBeginning;

        Reading(Trigger other) {
            this.other = other;
            this.otherAnswers = new Answers(other);
        }

        void take(Trigger was, Recorded line, Stop stop) {
            if (sum.steps() % 1_000 == 0) {
                stop.check();
            }
            Decision recorded = line.snapshot().decision();
            Policy its = policy.orElseGet(() -> begin(was, line));
            policy = Optional.of(its);
            Decision decided =
                    its.decide(recorded.basis().fleet(), recorded.basis().at());
            OptionalLong present = asked(new Answers(was), recorded);
            OptionalLong otherwise = asked(otherAnswers, decided);
            sum.add(new Step(recorded.basis().at(), present, otherwise));
        }

        private Policy begin(Trigger was, Recorded first) {
            fromTheBeginning = first.snapshot().stateBefore().isEmpty();
            return first.snapshot()
                    .stateBefore()
                    .map(state -> Policy.resumed(was, state).withTrigger(other))
                    .orElseGet(() -> new Policy(other));
        }

        OpenLoop result() {
            return sum.result(fromTheBeginning);
        }
    }
}
