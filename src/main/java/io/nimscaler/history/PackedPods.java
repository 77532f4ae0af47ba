package io.nimscaler.history;

import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.PodStatus.Problem;
import io.nimscaler.signal.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pods of one reading, packed: 16 bytes a pod for its sample, and the rest shared with the reading before as long as it is the
 * same. The time of a sample is kept in milliseconds.
 */
final class PackedPods {

    static final PackedPods NONE =
            new PackedPods(List.of(), List.of(), List.of(), List.of(), new double[0], new long[0], 0);

    /** Estimated from above: what may be shared counts in full. */
    private static final int POD_BYTES = 40;

    /** A problem that the reading before did not have; its text comes on top. */
    private static final int PROBLEM_BYTES = 100;

    private final List<String> names;
    private final List<Optional<String>> addresses;
    private final List<PodState> states;
    private final List<Optional<Problem>> problems;
    private final double[] values;
    private final long[] readAtMillis;
    private final long problemBytes;

    private PackedPods(
            List<String> names,
            List<Optional<String>> addresses,
            List<PodState> states,
            List<Optional<Problem>> problems,
            double[] values,
            long[] readAtMillis,
            long problemBytes) {
        this.names = names;
        this.addresses = addresses;
        this.states = states;
        this.problems = problems;
        this.values = values;
        this.readAtMillis = readAtMillis;
        this.problemBytes = problemBytes;
    }

    /** Packs pods; {@code before} are those of the reading before. */
    static PackedPods of(List<PodStatus> pods, PackedPods before) {
        List<Optional<Problem>> problems =
                shared(pods.stream().map(PodStatus::problem).toList(), before.problems);
        return new PackedPods(
                shared(pods.stream().map(PodStatus::name).toList(), before.names),
                shared(pods.stream().map(PodStatus::address).toList(), before.addresses),
                shared(pods.stream().map(PodStatus::state).toList(), before.states),
                problems,
                pods.stream()
                        .mapToDouble(pod -> pod.sample().map(Sample::value).orElse(Double.NaN))
                        .toArray(),
                pods.stream()
                        .mapToLong(pod ->
                                pod.sample().map(PackedPods::readAtMillis).orElse(0L))
                        .toArray(),
                problems == before.problems ? 0 : bytesOf(problems));
    }

    private static long readAtMillis(Sample sample) {
        return sample.readAt().toEpochMilli();
    }

    private static <T> List<T> shared(List<T> now, List<T> before) {
        return now.equals(before) ? before : now;
    }

    private static long bytesOf(List<Optional<Problem>> problems) {
        return problems.stream()
                .flatMap(Optional::stream)
                .mapToLong(problem -> PROBLEM_BYTES + problem.detail().length())
                .sum();
    }

    int size() {
        return names.size();
    }

    long bytes() {
        return (long) POD_BYTES * size() + problemBytes;
    }

    List<PodStatus> unpack() {
        List<PodStatus> pods = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            Optional<Sample> sample = Double.isNaN(values[i])
                    ? Optional.empty()
                    : Optional.of(new Sample(values[i], Instant.ofEpochMilli(readAtMillis[i])));
            pods.add(new PodStatus(names.get(i), addresses.get(i), states.get(i), sample, problems.get(i)));
        }
        return pods;
    }
}
