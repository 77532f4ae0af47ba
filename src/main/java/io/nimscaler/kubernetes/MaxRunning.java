package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many requests a pod's engine works on at once, from the arguments of its containers: {@code --max-num-seqs} of vLLM,
 * {@code --max-running-requests} of SGLang, both also in {@code NIM_PASSTHROUGH_ARGS} of NIM 2.x, and {@code NIM_MAX_NUM_SEQS};
 * in NIM's own order. An engine with data-parallel ranks counts the first two for each rank. So with such a flag the number is
 * not known.
 */
final class MaxRunning {

    private static final Set<String> FLAGS = Set.of("max-num-seqs", "max-running-requests");
    private static final Set<String> DIVIDES =
            Set.of("data-parallel-size", "data-parallel-size-local", "dp", "dp-size", "dpl");
    private static final String PASSED_THROUGH = "NIM_PASSTHROUGH_ARGS";
    private static final String OF_NIM = "NIM_MAX_NUM_SEQS";

    /** As many as the key {@code maxRunning} takes. */
    private static final int MOST = 100_000;

    private MaxRunning() {}

    /** Empty: no container says it, or several say different things. */
    static OptionalInt of(PodSpec spec) {
        List<Integer> stated = spec.getContainers().stream()
                .flatMap(container -> of(container).stream())
                .distinct()
                .toList();
        return stated.size() == 1 ? OptionalInt.of(stated.getFirst()) : OptionalInt.empty();
    }

    /** The arguments by which {@link #of(PodSpec)} finds the same again; none if it finds nothing. */
    static List<String> asArguments(OptionalInt maxRunning) {
        return maxRunning.isPresent() ? List.of("--max-num-seqs=" + maxRunning.getAsInt()) : List.of();
    }

    private static Optional<Integer> of(Container container) {
        List<String> arguments =
                words(Stream.concat(list(container.getCommand()).stream(), list(container.getArgs()).stream()));
        List<String> passedThrough = words(environment(container, PASSED_THROUGH).stream());
        if (Stream.concat(arguments.stream(), passedThrough.stream())
                .map(MaxRunning::flag)
                .anyMatch(DIVIDES::contains)) {
            return Optional.empty();
        }
        return value(arguments)
                .or(() -> value(passedThrough))
                .or(() -> environment(container, OF_NIM).flatMap(MaxRunning::number));
    }

    /** Also of a command in one text, as for a shell. */
    private static List<String> words(Stream<String> texts) {
        return texts.flatMap(text -> Stream.of(text.trim().split("[\\s=\"']+"))).toList();
    }

    /** The last one counts, as for the engines. */
    private static Optional<Integer> value(List<String> words) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (FLAGS.contains(flag(words.get(i)))) {
                number(words.get(i + 1)).ifPresent(values::add);
            }
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    /** Engines take a flag with underscores, too. */
    private static String flag(String word) {
        return word.startsWith("-") ? word.replaceFirst("^--?", "").replace('_', '-') : "";
    }

    private static Optional<Integer> number(String text) {
        String trimmed = text.trim();
        if (!trimmed.matches("[1-9][0-9]{0,5}")) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(trimmed)).filter(number -> number <= MOST);
    }

    private static Optional<String> environment(Container container, String name) {
        return list(container.getEnv()).stream()
                .filter(variable -> name.equals(variable.getName()))
                .map(EnvVar::getValue)
                .filter(value -> value != null && !value.isEmpty())
                .findFirst();
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
