package io.nimscaler.replay;

import io.nimscaler.history.Minute;
import io.nimscaler.history.Range;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.Signals;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Minutes → parts: what the pods carried, and beside it what waited. */
final class PartsOfMinutes {

    /** Of a pod whose value can not be above 1: so full that what it shows may not be all. */
    static final double SATURATED = 0.95;

    /** What a waiting request takes of a replica where too few run to say, as {@code serving_load} takes it. */
    static final double SHARE_OF_A_REQUEST = 0.02;

    private static final double RUNNING_TO_SAY = 8;
    private static final int SECONDS = 60;

    private final Signal signal;
    private final boolean isHeldBack;
    private final List<Part> parts = new ArrayList<>();
    private final List<Double> startUps = new ArrayList<>();
    private final List<Double> reactions = new ArrayList<>();

    PartsOfMinutes(Trigger trigger) {
        this.signal = trigger.signal();
        this.isHeldBack = trigger.waking().demandSource().isPresent();
    }

    /** All of them, each with the way that its neighbours show. */
    List<Part> parts() {
        List<Part> steep = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            boolean follows = i > 0 && parts.get(i - 1).until() == part.from();
            boolean goesOn = i + 1 < parts.size() && parts.get(i + 1).from() == part.until();
            double before = follows ? parts.get(i - 1).mean() : part.mean();
            double after = goesOn ? parts.get(i + 1).mean() : part.mean();
            steep.add(part.rising((after - before) / 2));
        }
        return steep;
    }

    List<Double> startUps() {
        return startUps;
    }

    List<Double> reactions() {
        return reactions;
    }

    void take(Minute minute) {
        minute.startUps().stream().map(PartsOfMinutes::seconds).forEach(startUps::add);
        minute.reactions().stream().map(PartsOfMinutes::seconds).forEach(reactions::add);
        long from = minute.at().getEpochSecond();
        if (minute.demand().isEmpty()
                || minute.replicas().isEmpty()
                || !parts.isEmpty() && from < parts.getLast().until()) {
            return;
        }
        Range carried = minute.demand().get();
        Minute.Replicas replicas = minute.replicas().get();
        double share = shareOfAWaitingRequest(minute, carried);
        Optional<Range> waiting = minute.traffic().waiting().filter(_ -> share > 0);
        boolean full = signal.saturatesAtOne()
                && replicas.sampled() > 0
                && carried.highest() >= SATURATED * replicas.sampled();
        // What was refused shows nowhere, and a queue that is bounded shows no more than its bound
        boolean refuses = minute.traffic().rejections().orElse(0) > 0;
        boolean heldUnseen = isHeldBack && minute.held().isEmpty();
        double held = minute.held().orElse(0);
        parts.add(new Part(
                from,
                SECONDS,
                carried.lowest() + waiting.map(Range::lowest).orElse(0.0) * share + held,
                carried.mean() + waiting.map(Range::mean).orElse(0.0) * share + held,
                carried.highest() + waiting.map(Range::highest).orElse(0.0) * share + held,
                refuses || heldUnseen || (full && waiting.isEmpty()),
                (int) Math.round(replicas.wanted().mean()),
                replicas.present().mean(),
                replicas.ready().mean(),
                0));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** In the signal's unit; 0 where the signal shows what waits, or means something else. */
    private double shareOfAWaitingRequest(Minute minute, Range carried) {
        if (signal.name().equals(Signals.REQUESTS_RUNNING)) {
            return 1;
        }
        if (signal.blindTo().isEmpty()) {
            return 0;
        }
        return minute.traffic()
                .running()
                .filter(running -> running.mean() >= RUNNING_TO_SAY)
                .map(running -> carried.mean() / running.mean())
                .orElse(SHARE_OF_A_REQUEST);
    }
}
