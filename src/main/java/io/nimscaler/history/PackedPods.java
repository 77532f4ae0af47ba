package io.nimscaler.history;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.poll.Problem;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.signal.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The pods of one reading and how they counted, packed: 16 bytes a pod for its sample. The rest is shared with the reading
 * before while it is the same. The time of a sample is kept in milliseconds.
 */
final class PackedPods {

    static final PackedPods NONE =
            new PackedPods(List.of(), List.of(), List.of(), List.of(), new double[0], new long[0], List.of(), 0);

    /** Estimated from above: what may be shared counts in full. */
    private static final int POD_BYTES = 40;

    /** How a pod counts that is missing or starting. */
    private static final int READING_BYTES = 100;

    /** A problem that the reading before did not have; its text comes on top. */
    private static final int PROBLEM_BYTES = 100;

    private final List<String> names;
    private final List<Optional<String>> addresses;
    private final List<PodState> states;
    private final List<Optional<Problem>> problems;
    private final double[] values;
    private final long[] readAtMillis;
    private final List<PodReading> unsampled;
    private final long problemBytes;

    private PackedPods(
            List<String> names,
            List<Optional<String>> addresses,
            List<PodState> states,
            List<Optional<Problem>> problems,
            double[] values,
            long[] readAtMillis,
            List<PodReading> unsampled,
            long problemBytes) {
        this.names = names;
        this.addresses = addresses;
        this.states = states;
        this.problems = problems;
        this.values = values;
        this.readAtMillis = readAtMillis;
        this.unsampled = unsampled;
        this.problemBytes = problemBytes;
    }

    /** Packs the pods of a decision; {@code before} are those of the decision before. */
    static PackedPods of(Snapshot snapshot, PackedPods before) {
        List<PodStatus> pods = snapshot.pods();
        List<Optional<Problem>> problems =
                shared(pods.stream().map(PodStatus::problem).toList(), before.problems);
        List<PodReading> readings = switch (snapshot.decision().basis().fleet()) {
            case Fleet.Known known -> known.pods();
            case Fleet.NotKnown _ -> List.of();
        };
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
                readings.stream().filter(PackedPods::isUnsampled).toList(),
                problems == before.problems ? 0 : bytesOf(problems));
    }

    private static long readAtMillis(Sample sample) {
        return sample.readAt().toEpochMilli();
    }

    /** What a sampled pod counts as stands in its sample; a quiet one has none. */
    private static boolean isUnsampled(PodReading reading) {
        return switch (reading) {
            case PodReading.Sampled _, PodReading.Quiet _ -> false;
            case PodReading.Missing _, PodReading.Starting _ -> true;
        };
    }

    private static <T> List<T> shared(List<T> now, List<T> before) {
        return now.equals(before) ? before : now;
    }

    private static long bytesOf(List<Optional<Problem>> problems) {
        return problems.stream()
                .flatMap(Optional::stream)
                .mapToLong(problem -> PROBLEM_BYTES
                        + problem.detail().length()
                        + problem.where().map(String::length).orElse(0))
                .sum();
    }

    int size() {
        return names.size();
    }

    long bytes() {
        return (long) POD_BYTES * size() + (long) READING_BYTES * unsampled.size() + problemBytes;
    }

    /** The decision with its pods and their readings. */
    Snapshot unpackInto(Snapshot withoutPods) {
        List<PodStatus> pods = pods();
        return withoutPods.withPods(pods, readings(pods));
    }

    private List<PodStatus> pods() {
        List<PodStatus> pods = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            Optional<Sample> sample = Double.isNaN(values[i])
                    ? Optional.empty()
                    : Optional.of(new Sample(values[i], Instant.ofEpochMilli(readAtMillis[i])));
            pods.add(new PodStatus(names.get(i), addresses.get(i), states.get(i), sample, problems.get(i)));
        }
        return pods;
    }

    private List<PodReading> readings(List<PodStatus> pods) {
        List<PodReading> readings = new ArrayList<>(size());
        Iterator<PodReading> others = unsampled.iterator();
        for (PodStatus pod : pods) {
            if (pod.state() == PodState.SAMPLED) {
                readings.add(pod.sample()
                        .<PodReading>map(sample -> new PodReading.Sampled(sample.value()))
                        .orElseGet(PodReading.Quiet::new));
            } else if (others.hasNext()) {
                readings.add(others.next());
            }
        }
        others.forEachRemaining(readings::add);
        return readings;
    }
}
