package io.nimscaler.bench;

import io.nimscaler.bench.ProductScaler.Answering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One way of scaling, with the settings of it that are tried on the training days: six of each rule that has any.
 *
 * @param settings at least one
 */
record Rule(String name, List<Setting> settings) {

    /**
     * @param text for people
     * @param make a fresh one for a run
     */
    record Setting(String text, Function<Cell, Autoscaler> make) {}

    private static final String SERVING_LOAD = "serving_load";
    private static final String KV_USAGE = "gpu_cache_usage_perc";

    /** Seconds of the mean from which on some pods take longer than the default of {@code startingDeadline}. */
    private static final double LONG_START_UP = 600;

    /** What the README shows first; {@code -Dbench.target} sets another target value. */
    static final Setting DEFAULT = ours(SERVING_LOAD, System.getProperty("bench.target", "0.85"), Map.of());

    static final Rule OURS = ours("serving_load (this scaler)", SERVING_LOAD, "0.65", "0.70", "0.75", "0.80", "0.85", "0.90");
    static final Rule OURS_KV =
            ours("gpu_cache_usage_perc (this scaler)", KV_USAGE, "0.20", "0.30", "0.40", "0.50", "0.60", "0.70");

    static final List<Rule> PEERS = List.of(
            new Rule("KV usage, sum", targets(Peers::kvSum, .3, .4, .5, .6, .7, .8)),
            new Rule("KV usage, average", targets(Peers::kvAverage, .2, .3, .4, .5, .6, .7)),
            new Rule("queue", targets(Peers::queue, .5, 1, 2, 5, 10, 20)),
            new Rule(
                    "max(KV usage, queue)",
                    pairs(Peers::kvAndQueue, new double[] {.3, .4, .5}, new double[] {1, 5})),
            new Rule(
                    "pool saturation, running",
                    pairs(Peers::poolSaturation, new double[] {.4, .8}, new double[] {8, 16, 32})),
            new Rule("one by one", pairs(Peers::oneByOne, new double[] {.1, .2, .3, .4, .5, .6}, new double[] {3})));

    /** The settings that were best on the training days, of the rules that were tuned there; without {@link #OURS}. */
    static final Map<String, String> TUNED = Map.of(
            "KV usage, sum", "0.3",
            "KV usage, average", "0.3",
            "queue", "20",
            "max(KV usage, queue)", "0.5, 5",
            "pool saturation, running", "0.4, 8",
            "one by one", "0.5, 3");

    static final Rule REACTION = new Rule(
            "perfect reaction", List.of(new Setting("", cell -> Peers.perfectReaction(cell.load()))));
    static final Rule FORESIGHT = new Rule(
            "perfect foresight",
            List.of(new Setting("", cell -> Peers.perfectForesight(cell.load(), cell.startUpSeconds()))));

    /** The one of its settings that is written so. */
    Setting setting(String text) {
        return settings.stream()
                .filter(setting -> setting.text().equals(text))
                .findFirst()
                .orElseThrow();
    }

    private static Rule ours(String name, String metric, String... targets) {
        List<Setting> settings = new ArrayList<>();
        for (String target : targets) {
            settings.add(ours(metric, target, Map.of()));
        }
        return new Rule(name, settings);
    }

    /** This scaler as the README shows it first, but for metric and target value. */
    static Setting ours(String metric, String target, Map<String, String> others) {
        Map<String, String> metadata = new HashMap<>(others);
        metadata.put("metric", metric);
        metadata.put("targetValue", target);
        return of(target, metadata, 1, Answering.AT_ONCE);
    }

    private static Setting of(
            String text, Map<String, String> metadata, int replicas, Answering answering, double... restarts) {
        return new Setting(
                text,
                cell -> new ProductScaler(
                        withDeadline(metadata, cell), ProductScaler.behavior(), replicas, answering, restarts));
    }

    /** Pods that take longer than {@code startingDeadline} count as stuck: whoever has such pods is told to raise it. */
    private static Map<String, String> withDeadline(Map<String, String> metadata, Cell cell) {
        if (cell.startUpSeconds() < LONG_START_UP) {
            return metadata;
        }
        Map<String, String> told = new HashMap<>(metadata);
        told.put("startingDeadline", Math.round(2 * cell.startUpSeconds()) + "s");
        return told;
    }

    /** {@link #OURS} with this target value, by so many replicas of the scaler. */
    static Setting withScalers(Setting like, int replicas, Answering answering, double... restarts) {
        return of(
                like.text(),
                Map.of("metric", SERVING_LOAD, "targetValue", like.text()),
                replicas,
                answering,
                restarts);
    }

    private interface OfOne {
        Autoscaler with(double target);
    }

    private interface OfTwo {
        Autoscaler with(double one, double other);
    }

    private static List<Setting> targets(OfOne rule, double... targets) {
        List<Setting> settings = new ArrayList<>();
        for (double target : targets) {
            settings.add(new Setting(text(target), _ -> rule.with(target)));
        }
        return settings;
    }

    private static List<Setting> pairs(OfTwo rule, double[] ones, double[] others) {
        List<Setting> settings = new ArrayList<>();
        for (double one : ones) {
            for (double other : others) {
                settings.add(new Setting(text(one) + ", " + text(other), _ -> rule.with(one, other)));
            }
        }
        return settings;
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Integer.toString((int) number) : Double.toString(number);
    }
}
