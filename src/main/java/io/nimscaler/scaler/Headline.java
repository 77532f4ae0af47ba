package io.nimscaler.scaler;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.signal.SignalLabel;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One decision in a few plain sentences: what happens to the replicas, why, and how much load there is. An engineer who was just
 * woken reads it first.
 */
public final class Headline {

    private final Snapshot snapshot;
    private final Trigger trigger;
    private final Standing standing;
    private final Optional<ReplicaBounds> bounds;

    private Headline(Snapshot snapshot, Standing standing, Optional<ReplicaBounds> bounds) {
        this.snapshot = snapshot;
        this.trigger = snapshot.trigger();
        this.standing = standing;
        this.bounds = bounds;
    }

    /**
     * For example {@code Keeps 4 replicas. 1 of 4 pods does not answer: connection refused. Demand is between 1.95 and 2.65; 4 replicas
     * carry 2.8 at the target.}
     *
     * @param bounds of its ScaledObject; empty: not known
     */
    public static String of(Snapshot snapshot, Optional<ReplicaBounds> bounds) {
        return new Headline(snapshot, Standing.of(snapshot, bounds), bounds).text();
    }

    private String text() {
        return switch (snapshot.decision().basis()) {
            case Basis.NotKnown notKnown ->
                "KEDA gets no value: " + notKnown.fleet().reason() + ". " + fallback();
            case Basis.Known basis -> {
                List<String> sentences = new ArrayList<>();
                sentences.add(consequence(basis));
                sentences.addAll(new Causes(snapshot, basis).sentences());
                sentences.add(load(basis));
                if (standing.state() == State.UNKNOWN) {
                    sentences.add(fallback());
                }
                sentences.removeIf(String::isEmpty);
                yield String.join(" ", sentences);
            }
        };
    }

    private static String fallback() {
        return "The HPA changes nothing, unless the ScaledObject has a fallback.";
    }

    private String consequence(Basis.Known basis) {
        int spec = basis.scale().spec();
        return switch (standing.state()) {
            case NORMAL -> spec == 0 ? atZero() : "Stays at " + replicas(spec) + "." + limited(spec);
            case SCALING_UP -> "Scales up from " + spec + " to " + reached(spec) + ".";
            case SCALING_DOWN -> "Scales down from " + spec + " to " + reached(spec) + ".";
            case AT_MAXIMUM ->
                "Stays at " + replicas(spec) + ", the maximum. The demand needs "
                        + standing.asked().orElse(spec) + ".";
            case WAITING ->
                "Keeps " + replicas(spec) + " for now. The demand needs "
                        + standing.needed().orElse(spec) + "; " + window(basis) + ".";
            case HOLDING, KEEPING -> "Keeps " + replicas(spec) + ".";
            case UNKNOWN, REFUSED -> "KEDA gets no value: " + unavailable() + ".";
        };
    }

    private String atZero() {
        return switch (snapshot.activity()) {
            case ACTIVE -> "Wakes up: KEDA is told that there is work.";
            case INACTIVE -> "Sleeps at 0 replicas. KEDA wakes it when there is work.";
            case UNKNOWN -> "Is at 0 replicas. It is not known whether there is work.";
        };
    }

    /** Where the minimum keeps more replicas than the demand needs, or the maximum fewer. */
    private String limited(int spec) {
        long needed = standing.needed().orElse(spec);
        if (needed == spec) {
            return "";
        }
        return needed < spec
                ? " The demand needs " + needed + "; " + spec + " is the minimum."
                : " The demand needs " + needed + "; " + spec + " is the maximum.";
    }

    private String reached(int spec) {
        long reached = standing.reached().orElse(spec);
        long asked = standing.asked().orElse(spec);
        if (asked == reached || bounds.isEmpty()) {
            return replicas(reached);
        }
        return replicas(reached) + ", the " + (asked > reached ? "maximum" : "minimum") + "; the demand needs " + asked;
    }

    private String window(Basis.Known basis) {
        boolean isUp = standing.needed().orElse(0) > basis.scale().spec();
        if (isUp) {
            return "it must stay so high for upscaleStabilizationWindow = "
                    + Durations.text(trigger.stabilization().window().up());
        }
        String window = "downscaleStabilizationWindow = "
                + Durations.text(trigger.stabilization().window().down());
        String higher = "it was higher within " + window;
        if (snapshot.decision() instanceof Decision.Hold(HoldReason reason, var _)) {
            return switch (reason) {
                case WINDOW_NOT_FULL ->
                    "no replica is removed before " + window + " has been observed" + twice(basis) + ", "
                            + minutes(basis.windows().remaining()) + " to go";
                case STEP_TAKEN_BACK -> takenBack(basis.windows().takenBack());
                case STABILIZATION,
                        ALL_STARTING,
                        NO_SAMPLES,
                        TOO_FEW_OBSERVATIONS,
                        UNDECIDED,
                        REQUESTS_WAITING,
                        REQUESTS_REFUSED,
                        DEMAND_SOURCE_UNKNOWN -> higher;
            };
        }
        return higher;
    }

    private static String takenBack(OptionalInt size) {
        return "the load took back the step to " + (size.isPresent() ? replicas(size.getAsInt()) : "fewer")
                + " within the last hour";
    }

    /** A signal in steps needs two windows after a start. */
    private String twice(Basis.Known basis) {
        Duration window = trigger.stabilization().window().down();
        return basis.windows().remaining().compareTo(window) > 0 ? " twice" : "";
    }

    /** For example {@code 4m 17s}. */
    private static String minutes(Duration length) {
        long seconds = length.toSeconds();
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m " + seconds % 60 + "s";
    }

    private String unavailable() {
        return snapshot.answer() instanceof Answer.Unavailable(String reason) ? reason : "it is not known why";
    }

    private String load(Basis.Known basis) {
        int spec = basis.scale().spec();
        SignalLabel label = SignalLabel.of(trigger.signal());
        double target = trigger.target().value();
        if (spec == 0) {
            return "";
        }
        if (!trigger.signal().isAdditive()) {
            return basis.carried()
                    .map(carried -> label.title() + " is " + amount(carried.mean(), label.unit()) + "; the target is "
                            + amount(target, label.unit()) + ".")
                    .orElse("");
        }
        double carries = target * spec;
        if (basis.demand().isPresent()) {
            double load = basis.demand().getAsDouble();
            return "Demand is " + number(load) + ", " + Math.round(100 * load / carries) + " % of what "
                    + replicas(spec) + (spec == 1 ? " carries" : " carry") + " at the target.";
        }
        return basis.carried()
                .map(carried -> between(carried) + "; " + replicas(spec) + (spec == 1 ? " carries " : " carry ")
                        + number(carries) + " at the target.")
                .orElse("Demand is unknown.");
    }

    private static String between(Carried carried) {
        return carried.atLeast() == carried.atMost()
                ? "Demand is " + number(carried.atLeast()) + " now"
                : "Demand is between " + number(carried.atLeast()) + " and " + number(carried.atMost());
    }

    private static String amount(double value, SignalLabel.Unit unit) {
        return switch (unit) {
            case SHARE -> Math.round(100 * value) + " %";
            case SECONDS -> number(value) + " s";
            case PER_SECOND -> number(value) + " per second";
            case REQUESTS, NONE -> number(value);
        };
    }

    private static String replicas(long number) {
        return number + (number == 1 ? " replica" : " replicas");
    }

    /** Two decimals, fewer where they say nothing, more where two would hide it. */
    static String number(double value) {
        if (value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        String text = String.format(Locale.ROOT, Math.abs(value) < 0.1 ? "%.3f" : "%.2f", value);
        return text.endsWith("0") ? text.substring(0, text.length() - 1) : text;
    }
}
