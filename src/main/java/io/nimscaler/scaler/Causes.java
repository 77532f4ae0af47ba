package io.nimscaler.scaler;

import static io.nimscaler.scaler.Headline.number;

import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.PodProblem;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.signal.SignalLabel;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Printable;
import io.nimscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;

/** The sentences of a {@link Headline} that say why: the pods that are missing or starting, and the requests that are not served. */
final class Causes {

    /** What an engine or a kernel wrote into a problem may be long. */
    private static final int LONGEST_PROBLEM = 300;

    private final Snapshot snapshot;
    private final Trigger trigger;
    private final Basis.Known basis;
    private final Unserved unserved;

    /**
     * @param basis of the snapshot's decision
     */
    Causes(Snapshot snapshot, Basis.Known basis) {
        this.snapshot = snapshot;
        this.trigger = snapshot.trigger();
        this.basis = basis;
        this.unserved = basis.fleet().unserved();
    }

    /** The sentences that hold, each with its full stop. Some may be empty. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        addPods(sentences);
        addRequests(sentences);
        if (snapshot.decision() instanceof Decision.Hold(HoldReason reason, var _)) {
            sentences.add(holding(reason));
        }
        return sentences;
    }

    private void addPods(List<String> sentences) {
        Counts counts = basis.counts();
        int all = Math.max(snapshot.pods().size(), basis.scale().spec());
        int missing = counts.missing() + counts.countedAsMean();
        if (missing > 0) {
            sentences.add(missing(missing, all) + countedAsMean(counts.countedAsMean()));
        }
        if (counts.stuck() > 0) {
            sentences.add(counts.stuck() + (counts.stuck() == 1 ? " pod has" : " pods have")
                    + " been starting for longer than startingDeadline = "
                    + Durations.text(trigger.deadlines().startingDeadline()) + stuckWhy() + ".");
        }
        if (counts.starting() > 0) {
            sentences.add(ofAll(counts.starting(), all) + (counts.starting() == 1 ? " is" : " are") + " starting.");
        }
    }

    private String missing(int missing, int all) {
        List<Problem> problems = snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.MISSING)
                .flatMap(pod -> pod.problem().stream())
                .toList();
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

    private static String countedAsMean(int pods) {
        return pods > 0
                ? " " + pods + " of them " + (pods == 1 ? "counts" : "count")
                        + " as the mean of the others: silent for long."
                : "";
    }

    private String stuckWhy() {
        return snapshot.pods().stream()
                .filter(pod -> pod.state() == PodState.STARTING)
                .flatMap(pod -> pod.problem().stream())
                .findFirst()
                .map(problem -> ": " + words(problem))
                .orElse("");
    }

    private void addRequests(List<String> sentences) {
        unserved.admission()
                .filter(admission -> admission.refused() > 0)
                .ifPresent(admission -> sentences.add(number(Math.rint(admission.refused())) + " of "
                        + number(Math.rint(admission.taken() + admission.refused()))
                        + " requests were refused for lack of capacity."));
        unserved.knownHeld()
                .filter(held -> held.requests() > 0)
                .ifPresent(held -> sentences.add(number(held.requests())
                        + (held.requests() == 1 ? " request waits at " : " requests wait at ") + held.source() + "."));
        unserved.uneven()
                .ifPresent(uneven ->
                        sentences.add(ofAll(uneven.full(), basis.counts().sampled())
                                + " are slower and fuller than the others; the fleet counts as full as these."));
    }

    /** What the counts of pods do not say. */
    private String holding(HoldReason reason) {
        return switch (reason) {
            case TOO_FEW_OBSERVATIONS ->
                "The pods answer, and had too few requests within window = "
                        + Durations.text(trigger.signal().window()) + " to tell.";
            case REQUESTS_WAITING -> {
                double waiting = unserved.waiting().orElse(0);
                String unseen = SignalLabel.of(trigger.signal()).title() + " does not show what they need.";
                // Of those at a gateway it is said before
                yield waiting == 0
                        ? unseen
                        : number(waiting) + (waiting == 1 ? " request waits" : " requests wait") + ", and " + unseen;
            }
            case DEMAND_SOURCE_UNKNOWN ->
                unserved.unknownHeld()
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

    private static String words(Problem problem) {
        String where = problem.where().map(" at "::concat).orElse("");
        return Printable.of(problem.reason().label().replace('_', ' ') + ": " + problem.detail(), LONGEST_PROBLEM)
                + where;
    }

    private static String ofAll(int some, int all) {
        return some + " of " + all + (all == 1 ? " pod" : " pods");
    }
}
