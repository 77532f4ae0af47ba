package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Series of one pod that show the same thing several times, once for each process. The highest value counts once. A process that
 * has no data shows 0.
 */
public enum Copies {
    /** Of processes that work on the same requests (SGLang with {@code --enable-metrics-for-all-schedulers}). */
    OF_RANKS(Set.of("tp_rank", "pp_rank", "moe_ep_rank")),
    /**
     * Those, and those of an engine's API servers: vLLM 0.10 and 0.11 with {@code --api-server-count} has the KV usage once for each,
     * by {@code pid}, and only one of them is told by the engine. Where it is not known what a gauge is, its processes may
     * each have a part of it, so this is only for those of engines and for shares, of which a mean would say less than there is.
     */
    OF_AN_ENGINE(Set.of("tp_rank", "pp_rank", "moe_ep_rank", "pid"));

    /** Beside the total, with {@code priority=""}, SGLang has a series for each priority. */
    private static final String PRIORITY = "priority";

    private final Set<String> labels;

    Copies(Set<String> labels) {
        this.labels = labels;
    }

    /** The highest of each thing. */
    Map<Map<String, String>, Double> merge(Map<Map<String, String>, Double> values) {
        if (!any(values.keySet())) {
            return values;
        }
        Map<Map<String, String>, Double> merged = new HashMap<>();
        values.forEach((series, value) -> {
            Map<String, String> thing = new HashMap<>(series);
            thing.keySet().removeAll(labels);
            merged.merge(thing, value, Math::max);
        });
        return merged;
    }

    private boolean any(Set<Map<String, String>> all) {
        for (Map<String, String> series : all) {
            if (isOneOf(series)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them says which process it is of. */
    boolean areIn(List<SampleLine> lines) {
        for (SampleLine line : lines) {
            if (isOneOf(line.labels())) {
                return true;
            }
        }
        return false;
    }

    private boolean isOneOf(Map<String, String> series) {
        for (String label : labels) {
            if (series.containsKey(label)) {
                return true;
            }
        }
        return false;
    }

    /** Without what a total beside it already counts. */
    static List<SampleLine> withoutBreakdown(List<SampleLine> series) {
        for (SampleLine line : series) {
            if ("".equals(line.labels().get(PRIORITY))) {
                return series.stream()
                        .filter(one -> one.labels().getOrDefault(PRIORITY, "").isEmpty())
                        .toList();
            }
        }
        return series;
    }
}
