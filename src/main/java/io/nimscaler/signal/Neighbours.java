package io.nimscaler.signal;

import io.nimscaler.exposition.Foreign;
import io.nimscaler.exposition.MetricType;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a body has instead of the wanted metric, in words: a histogram of its name, the most similar names, or an engine without requests yet. */
public final class Neighbours {

    /** Of so many names at most the distance is taken: it is slow, and what is like a name is among those that begin alike. */
    private static final int MOST_COMPARED = 500;

    private static final int LEAST_CONTAINED = 8;

    private static final List<String> ENGINES =
            List.of("vllm:", "ray_vllm", "vllm_", "sglang:", "sglang_", "trtllm_", "nv_trt_llm_");

    private record Near(String name, int distance) {}

    private Neighbours() {}

    /**
     * Words that follow the error, beginning with {@code ;}, or nothing.
     *
     * @param there the names of all that the body has
     */
    public static String of(Signal signal, Map<String, MetricType> there) {
        Set<String> wanted = new HashSet<>(signal.seriesNames());
        wanted.add(signal.name());
        if (signal instanceof Gauge && there.get(signal.name()) == MetricType.HISTOGRAM) {
            return "; a histogram of that name is there: add quantile";
        }
        List<String> near = there.keySet().stream()
                .filter(name -> !wanted.contains(name))
                .sorted()
                .limit(MOST_COMPARED)
                .map(name -> new Near(name, distance(name, wanted)))
                .filter(name -> name.distance() < Integer.MAX_VALUE)
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .map(Near::name)
                .toList();
        if (!near.isEmpty()) {
            return "; there is " + Foreign.quoted(near);
        }
        return there.keySet().stream()
                .filter(name -> ENGINES.stream().anyMatch(name::startsWith))
                .sorted()
                .findFirst()
                .map(name -> "; the engine answers, with " + Foreign.quoted(List.of(name))
                        + " say, and some engines show this only after their first request")
                .orElse("");
    }

    private static int distance(String name, Set<String> wanted) {
        return wanted.stream()
                .mapToInt(other -> distance(plain(name), plain(other)))
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    /** Without what exporters write each in their own way. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace(':', '_').replaceFirst("_(total|bucket|sum|count|created)$", "");
    }

    private static int distance(String name, String other) {
        int shorter = Math.min(name.length(), other.length());
        if (shorter >= LEAST_CONTAINED && (name.contains(other) || other.contains(name))) {
            return 1;
        }
        int most = Math.max(2, other.length() / 5);
        if (Math.abs(name.length() - other.length()) > most) {
            return Integer.MAX_VALUE;
        }
        int edits = EditDistance.between(name, other);
        return edits <= most ? edits + 1 : Integer.MAX_VALUE;
    }
}
