package io.nimscaler.scaler;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.poll.PodProblem;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.signal.SignalLabel;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Printable;
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

    /** What an engine or a kernel wrote into a problem may be long. */
    private static final int LONGEST_PROBLEM = 300;

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
                sentences.addAll(causes(basis));
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

    private List<String> causes(Basis.Known basis) {
        List<String> causes = new ArrayList<>();
        Counts counts = basis.counts();
        int all = Math.max(snapshot.pods().size(), basis.scale().spec());
        List<Problem> problems = snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.MISSING)
                .flatMap(pod -> pod.problem().stream())
                .toList();
        int missing = counts.missing() + counts.countedAsMean();
        if (missing > 0) {
            causes.add(missing(missing, all, problems)
                    + (counts.countedAsMean() > 0
                            ? " " + counts.countedAsMean() + " of them "
                                    + (counts.countedAsMean() == 1 ? "counts" : "count")
                                    + " as the mean of the others: silent for long."
                            : ""));
        }
        if (counts.stuck() > 0) {
            causes.add(counts.stuck() + (counts.stuck() == 1 ? " pod has" : " pods have")
                    + " been starting for longer than startingDeadline = "
                    + Durations.text(trigger.deadlines().startingDeadline()) + stuckWhy() + ".");
        }
        if (counts.starting() > 0) {
            causes.add(ofAll(counts.starting(), all) + (counts.starting() == 1 ? " is" : " are") + " starting.");
        }
        basis.fleet()
                .unserved()
                .admission()
                .filter(admission -> admission.refused() > 0)
                .ifPresent(admission -> causes.add(number(Math.rint(admission.refused())) + " of "
                        + number(Math.rint(admission.taken() + admission.refused()))
                        + " requests were refused for lack of capacity."));
        basis.fleet()
                .unserved()
                .knownHeld()
                .filter(held -> held.requests() > 0)
                .ifPresent(held -> causes.add(number(held.requests())
                        + (held.requests() == 1 ? " request waits at " : " requests wait at ") + held.source() + "."));
        if (snapshot.decision() instanceof Decision.Hold(HoldReason reason, var _)) {
            causes.add(holding(reason, basis));
        }
        return causes;
    }

    /** What the counts of pods do not say. */
    private String holding(HoldReason reason, Basis.Known basis) {
        return switch (reason) {
            case TOO_FEW_OBSERVATIONS ->
                "The pods answer, and had too few requests within window = "
                        + Durations.text(trigger.signal().window()) + " to tell.";
            case REQUESTS_WAITING -> {
                double waiting = basis.fleet().unserved().waiting().orElse(0);
                String unseen = SignalLabel.of(trigger.signal()).title() + " does not show what they need.";
                // Of those at a gateway it is said before
                yield waiting == 0
                        ? unseen
                        : number(waiting) + (waiting == 1 ? " request waits" : " requests wait") + ", and " + unseen;
            }
            case DEMAND_SOURCE_UNKNOWN ->
                basis.fleet()
                        .unserved()
                        .unknownHeld()
                        .map(held -> "What waits at demand source " + held.source() + " is not known: "
                                + Printable.of(held.reason(), LONGEST_PROBLEM) + ".")
                        .orElse("");
            case ALL_STARTING,
                    NO_SAMPLES,
                    UNDECIDED,
                    STABILIZATION,
                    WINDOW_NOT_FULL,
                    STEP_TAKEN_BACK,
                    REQUESTS_REFUSED -> "";
        };
    }

    private String stuckWhy() {
        return snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.STARTING)
                .flatMap(pod -> pod.problem().stream())
                .findFirst()
                .map(problem -> ": " + words(problem))
                .orElse("");
    }

    private static String missing(int missing, int all, List<Problem> problems) {
        boolean isOne = missing == 1;
        if (problems.isEmpty()) {
            return ofAll(missing, all) + (isOne ? " has" : " have") + " given no data yet.";
        }
        Problem first = problems.getFirst();
        long others =
                problems.stream().filter(problem -> !problem.isLike(first)).count();
        long alike = problems.size() - others - 1;
        String verb = isSilent(first.reason())
                ? (isOne ? " does not answer: " : " do not answer: ")
                : (isOne ? " gives no data: " : " give no data: ");
        return ofAll(missing, all) + verb + words(first)
                + (alike > 0 ? "; " + alike + " more the same" : "")
                + (others > 0 ? "; " + others + (others == 1 ? " other problem" : " other problems") : "") + ".";
    }

    private static boolean isSilent(PodProblem reason) {
        return reason == ScrapeFailure.CANNOT_CONNECT
                || reason == ScrapeFailure.TLS
                || reason == ScrapeFailure.TIMEOUT
                || reason == ScrapeFailure.CONNECTION_LOST;
    }

    private static String words(Problem problem) {
        String where = problem.where().map(" at "::concat).orElse("");
        return Printable.of(problem.reason().label().replace('_', ' ') + ": " + problem.detail(), LONGEST_PROBLEM)
                + where;
    }

    private static String ofAll(int some, int all) {
        return some + " of " + all + (all == 1 ? " pod" : " pods");
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
