package io.nimscaler.scaler;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.Decision.Windows;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Unserved;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A decision in words, with its numbers: the same for the log, Events and REST. */
public final class Explanation {

    private Explanation() {}

    /** For example {@code 3 sampled with mean 0.917, 1 starting; demand 2.750 of 0.700 each; held at 4: …}. */
    public static String of(Snapshot snapshot) {
        return switch (snapshot.decision().basis()) {
            case Basis.Known known ->
                pods(known.counts(), known.carried(), snapshot.blockedPods())
                        + unserved(known.fleet().unserved()) + "; " + conclusion(snapshot);
            case Basis.NotKnown _ -> conclusion(snapshot);
        };
    }

    /** Which pods are the cause of a load that is unknown, as it follows another text: {@code ; cannot read nim-0 (…)}; else nothing. */
    public static String ofPodsBehindUnknown(Snapshot snapshot) {
        return snapshot.decision() instanceof Decision.Unknown
                ? PodStatus.named("; cannot read ", snapshot.unreadablePods(), "")
                : "";
    }

    private static String pods(Counts counts, Optional<Carried> carried, List<PodStatus> blocked) {
        StringBuilder text = new StringBuilder();
        Optional<String> mean = carried.map(known -> number(known.mean()));
        if (counts.sampled() > 0) {
            append(text, counts.sampled(), "sampled");
            text.append(mean.map(" with mean "::concat).orElse(""));
            append(text, counts.quiet(), "more answered with too few observations for a value");
        } else {
            append(text, counts.quiet(), "answered, none with enough observations");
            text.append(mean.map(" of its own, together at "::concat).orElse(""));
        }
        append(text, counts.countedAsMean(), "missing for long, counted as the mean");
        append(text, counts.missing(), "missing");
        append(text, counts.starting(), "starting");
        append(text, counts.stuck(), "stuck");
        text.append(counts.starting() + counts.stuck() > 0 ? PodStatus.named(" (", blocked, ")") : "");
        return text.isEmpty() ? "no pod" : text.toString();
    }

    private static String unserved(Unserved unserved) {
        Optional<String> refused =
                unserved.admission().filter(_ -> unserved.isRefused()).map(Explanation::refused);
        return Stream.of(
                        refused,
                        unserved.held().map(Explanation::ofHeld),
                        unserved.uneven().map(Explanation::uneven))
                .flatMap(Optional::stream)
                .map("; "::concat)
                .collect(Collectors.joining());
    }

    /** For example {@code 12 requests wait at gateway, 0.020 each}. */
    private static String ofHeld(Held held) {
        return switch (held) {
            case Held.Known(String source, double requests, double each) ->
                String.format(Locale.ROOT, "%.0f requests wait at %s, %.3f each", requests, source, each);
            case Held.Unknown(String source, String reason) -> "demand source " + source + " is unknown: " + reason;
        };
    }

    /** What is said of the demand source while it is unknown; empty: it is known, or none is named. */
    public static Optional<String> ofUnknownDemandSource(Snapshot snapshot) {
        return snapshot.decision()
                .basis()
                .known()
                .flatMap(known -> known.fleet().unserved().unknownHeld())
                .map(Explanation::ofHeld);
    }

    private static String refused(Admission admission) {
        return String.format(
                Locale.ROOT,
                "%.0f of %.0f requests refused for lack of capacity, so the load counts × %.2f",
                admission.refused(),
                admission.taken() + admission.refused(),
                admission.factor());
    }

    /** For example {@code 40 of 60 requests refused for lack of capacity, so the load counts × 2.00}; empty: none is. */
    public static Optional<String> ofRefusals(Snapshot snapshot) {
        return snapshot.decision()
                .basis()
                .known()
                .map(known -> known.fleet().unserved())
                .filter(Unserved::isRefused)
                .flatMap(Unserved::admission)
                .map(Explanation::refused);
    }

    private static String uneven(Uneven uneven) {
        return String.format(
                Locale.ROOT,
                "%d pods are slower and fuller than the others, so the load counts as %.3f",
                uneven.full(),
                uneven.load());
    }

    /** For example {@code 3 of 9 pods are full while the others have room: …}; empty: none are, or fewer replicas are enough for them. */
    public static Optional<String> ofUneven(Snapshot snapshot) {
        return snapshot.decision().basis().known().flatMap(basis -> {
            int read = basis.counts().sampled();
            return basis.fleet()
                    .unserved()
                    .uneven()
                    .filter(uneven ->
                            uneven.needs(read, snapshot.trigger().target().value()))
                    .map(uneven -> String.format(
                            Locale.ROOT,
                            "%d of %d pods are full while the others have room: they are slower, and what spreads the requests does not"
                                    + " look at the load; no replica is removed, and a router that looks at the load needs fewer",
                            uneven.full(),
                            read));
        });
    }

    private static void append(StringBuilder text, int number, String state) {
        if (number > 0) {
            text.append(text.isEmpty() ? "" : ", ").append(number).append(' ').append(state);
        }
    }

    private static String conclusion(Snapshot snapshot) {
        Trigger trigger = snapshot.trigger();
        return switch (snapshot.decision()) {
            case Decision.Report(double value, var basis) ->
                "demand " + number(value) + " / " + number(trigger.target().value()) + " → " + replicas(value, trigger)
                        + withinTolerance(value, trigger, basis)
                        + givenBack(value, trigger, basis);
            case Decision.Hold(HoldReason reason, var basis) ->
                "held at " + basis.scale().spec() + ": " + reason.text() + details(reason, trigger, basis);
            case Decision.Unknown(String reason, var _) -> "unknown: " + reason + ofPodsBehindUnknown(snapshot);
        };
    }

    private static String replicas(double value, Trigger trigger) {
        long replicas = (long)
                Math.ceil(Math.rint(value * 1000) / Math.rint(trigger.target().value() * 1000));
        return replicas + (replicas == 1 ? " replica" : " replicas");
    }

    /** Otherwise no more is asked for than the lowest of the upscale window. */
    private static String givenBack(double value, Trigger trigger, Basis.Known basis) {
        boolean more = value > trigger.target().value() * basis.scale().spec();
        return more
                        && (basis.demand().isEmpty()
                                || exceeds(value, basis.windows().lowest()))
                ? ": something else took replicas away, so the highest load of the downscale window counts"
                : "";
    }

    private static boolean exceeds(double value, OptionalDouble known) {
        return known.isEmpty() || value > known.getAsDouble();
    }

    private static String withinTolerance(double value, Trigger trigger, Basis.Known basis) {
        int spec = basis.scale().spec();
        double ratio = value / (trigger.target().value() * spec);
        return spec > 0 && Math.abs(ratio - 1) <= trigger.stabilization().tolerance()
                ? ", within the tolerance of " + spec
                : "";
    }

    private static String details(HoldReason reason, Trigger trigger, Basis.Known basis) {
        Windows windows = basis.windows();
        return switch (reason) {
            case UNDECIDED -> basis.carried().map(Explanation::bounds).orElse("");
            case STABILIZATION ->
                " (lowest " + number(windows.lowest()) + ", highest " + number(windows.highest())
                        + " of their windows)";
            case WINDOW_NOT_FULL ->
                " (" + Durations.text(Duration.ofSeconds(windows.remaining().toSeconds())) + " to go)";
            case STEP_TAKEN_BACK ->
                windows.takenBack().isPresent() ? " (to " + windows.takenBack().getAsInt() + ")" : "";
            case REQUESTS_WAITING ->
                " (" + whole(OptionalDouble.of(basis.fleet().unserved().allWaiting())) + " of them)";
            case ALL_STARTING, NO_SAMPLES, TOO_FEW_OBSERVATIONS, REQUESTS_REFUSED, DEMAND_SOURCE_UNKNOWN -> "";
        };
    }

    private static String bounds(Carried carried) {
        return carried.atLeast() == carried.atMost()
                ? " (" + number(carried.atLeast()) + " now; starting pods may take a part of it)"
                : " (at least " + number(carried.atLeast()) + ", at most " + number(carried.atMost()) + ")";
    }

    /** For example {@code 294 requests wait although the pods are at 0.460 of 0.700 each; …}. */
    public static String ofUnseenQueue(Snapshot snapshot) {
        return String.format(
                Locale.ROOT,
                "%s requests wait although the pods are at %s of %s each, so something other than the KV cache limits"
                        + " them; metric: %s counts them",
                whole(snapshot.unseenLoad()),
                snapshot.decision()
                        .basis()
                        .carried()
                        .map(carried -> number(carried.mean()))
                        .orElse("unknown"),
                number(snapshot.trigger().target().value()),
                ServingLoad.NAME);
    }

    /** For example {@code wake source gateway: demand 3.000}. */
    public static String ofWake(Wake wake) {
        String text = "wake source " + wake.source();
        return switch (wake) {
            case Wake.Demanded(String _, OptionalDouble demand, Instant lastAt, Duration awakeFor) ->
                text + ": "
                        + (demand.isPresent() ? "demand " + number(demand.getAsDouble()) : "unknown now")
                        + ", last demand at " + lastAt.truncatedTo(ChronoUnit.SECONDS) + " keeps awake for "
                        + Durations.text(Duration.ofSeconds(awakeFor.toSeconds()));
            case Wake.Quiet(String _, OptionalDouble demand) ->
                text + (demand.isPresent() ? ": demand " + number(demand.getAsDouble()) : ": no demand");
            case Wake.Unknown(String _, String reason) -> text + " is unknown: " + reason;
        };
    }

    /** The answer as it stands in {@code kubectl get hpa}, in thousandths. */
    public static String answer(Answer answer) {
        return switch (answer) {
            case Answer.Value(long milli) -> milli % 1000 == 0 ? Long.toString(milli / 1000) : milli + "m";
            case Answer.Unavailable _ -> "unavailable";
        };
    }

    private static String whole(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.0f", value.getAsDouble()) : "unknown";
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : "unknown";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
