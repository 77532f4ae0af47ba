package io.nimscaler.scaler;

import io.nimscaler.poll.Problem;
import io.nimscaler.signal.Sample;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One pod as a scaler sees it.
 *
 * @param sample its last sample, however old
 * @param problem what is wrong with its last scrape; empty while all is well
 * @param requests how many it has, running or waiting, where the trigger wants to know; empty: it does not, or that is not known
 */
public record PodStatus(
        String name,
        Optional<String> address,
        PodState state,
        Optional<Sample> sample,
        Optional<Problem> problem,
        OptionalDouble requests) {

    private static final int MOST_NAMED = 3;

    /** One of whose requests nothing is known. */
    public PodStatus(
            String name, Optional<String> address, PodState state, Optional<Sample> sample, Optional<Problem> problem) {
        this(name, address, state, sample, problem, OptionalDouble.empty());
    }

    /** Whether it is known why it is missing; after a start of ours its turn may not have come yet. */
    boolean isUnreadable() {
        return state == PodState.MISSING && problem.isPresent();
    }

    /** The first three of them, each with its problem, and how many more there are. */
    public static String named(List<PodStatus> pods) {
        int more = pods.size() - MOST_NAMED;
        return pods.stream()
                .limit(MOST_NAMED)
                .map(PodStatus::named)
                .collect(Collectors.joining(", ", "", more > 0 ? " and " + more + " more" : ""));
    }

    /** The same between two texts; nothing where there are no pods. */
    static String named(String before, List<PodStatus> pods, String after) {
        return pods.isEmpty() ? "" : before + named(pods) + after;
    }

    private String named() {
        return name + problem.map(why -> " (" + why.text() + ")").orElse("");
    }
}
