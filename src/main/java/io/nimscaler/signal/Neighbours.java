package io.nimscaler.signal;

import io.nimscaler.exposition.Contents;
import io.nimscaler.exposition.Foreign;
import io.nimscaler.exposition.MetricType;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a body has instead of the wanted metric, in words: it is no Prometheus text, it has a histogram of that name or similar names, or its
 * engine has had no request yet.
 */
public final class Neighbours {

    /** Of so many names at most the distance is taken: it is slow, and what is like a name is among those that begin alike. */
    private static final int MOST_COMPARED = 500;

    private static final int LEAST_CONTAINED = 8;

    private static final List<String> ENGINES =
            List.of("vllm:", "ray_vllm", "vllm_", "sglang:", "sglang_", "trtllm_", "nv_trt_llm_");

    private record Near(String name, int distance) {}

    private Neighbours() {}

    /**
     * Words that follow the error, beginning with {@code ;}, or nothing where the body was not looked over.
     */
    public static String of(Signal signal, Contents contents) {
        return switch (contents.form()) {
            case NOT_LOOKED_AT -> "";
            case EMPTY -> "; the body is empty";
            case HTML -> "; the body is HTML, not Prometheus text";
            case JSON -> "; the body is JSON, not Prometheus text";
            case GZIP -> "; the body is compressed (gzip), and its headers do not say so";
            case TEXT -> contents.names().isEmpty() ? "; the body has no metrics" : of(signal, contents.names());
        };
    }

    private static String of(Signal signal, Map<String, MetricType> there) {
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
                .map(name -> "; the engine answers (there is " + Foreign.quoted(List.of(name))
                        + "), and some engines show this metric only after their first request")
                .orElse("; none of the " + there.size() + " metrics there is an engine's or has a similar name");
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
