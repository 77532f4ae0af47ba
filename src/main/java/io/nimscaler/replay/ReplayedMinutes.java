package io.nimscaler.replay;

import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Two policies on the fleet that there was, as far as minutes tell of it. */
final class ReplayedMinutes {

    private static final int STEP_SECONDS = 15;

    private final FleetHistory history;
    private final Policy present;
    private final Policy other;
    private final Answers presentAnswers;
    private final Answers otherAnswers;
    private final Stop stop;

    ReplayedMinutes(FleetHistory history, Trigger trigger, Stop stop) {
        this.history = history;
        this.present = new Policy(history.trigger());
        this.other = new Policy(trigger);
        this.presentAnswers = new Answers(history.trigger());
        this.otherAnswers = new Answers(trigger);
        this.stop = stop;
    }

    OpenLoop result() {
        OpenLoop.Sum sum = new OpenLoop.Sum();
        Duration starting = Duration.ZERO;
        for (Part part : history.parts()) {
            stop.check();
            starting = part.ready() < part.present() ? starting.plusSeconds(part.seconds()) : Duration.ZERO;
            for (int second = 0; second < part.seconds(); second += STEP_SECONDS) {
                Instant at = Instant.ofEpochSecond(part.from() + second);
                Fleet fleet = reading(part, part.at(second), starting);
                OptionalLong was = OpenLoop.asked(presentAnswers, present.decide(fleet, at));
                OptionalLong otherwise = OpenLoop.asked(otherAnswers, other.decide(fleet, at));
                sum.add(new OpenLoop.Step(at, was, otherwise));
            }
        }
        return sum.result(true);
    }

    private static Fleet reading(Part part, double demand, Duration starting) {
        int present = (int) Math.round(part.present());
        int ready = (int) Math.min(present, Math.round(part.ready()));
        List<PodReading> pods = new ArrayList<>(present);
        PodReading sampled = new PodReading.Sampled(demand / Math.max(1, ready));
        PodReading starts = new PodReading.Starting(starting, false);
        for (int i = 0; i < present; i++) {
            pods.add(i < ready ? sampled : starts);
        }
        return new Fleet.Known(new Scale(part.wanted(), present), ready, pods);
    }
}
