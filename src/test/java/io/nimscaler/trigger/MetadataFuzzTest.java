package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Nearly right metadata, as many as {@code -Dfuzz.runs} says, from the seed {@code -Dfuzz.seed} on: none makes the parser throw,
 * each error is short, and what is taken means the same when it is written in full.
 */
class MetadataFuzzTest {

    private static final long RUNS = Long.getLong("fuzz.runs", 5_000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);

    private static final List<String> VALUES = List.of(
            "0.70",
            "0",
            "1",
            "12",
            "2s",
            "500ms",
            "5m",
            "1h",
            "1m30s",
            "sum",
            "average",
            "max",
            "true",
            "false",
            "http",
            "https",
            "auto",
            "/metrics",
            "/v1/metrics?x=%2a",
            "metrics",
            "8000",
            "serving_load",
            "time_to_first_token_seconds",
            "rate(generation_tokens_total)",
            "vllm:kv_cache_usage_perc",
            "app=nim,role in (leader)",
            "gateway",
            "0.95",
            "");
    private static final List<String> HOSTILE = List.of(
            "-",
            "+",
            ".",
            "e",
            "0",
            "9",
            "s",
            "h",
            "(",
            ")",
            "/",
            "..",
            "%",
            "%00",
            "{",
            "}",
            "=",
            ",",
            "!",
            " ",
            "\t",
            "\n",
            "\0",
            "\u0660",
            "\u202e",
            "\ud83d\ude80",
            "NaN",
            "Infinity",
            "FromEnv",
            "shadow.",
            "99999999999");

    @Test
    void parserHoldsForNearlyRightMetadata() {
        for (long run = 0; run < RUNS; run++) {
            Map<String, String> metadata = metadata(new Random(SEED + run));
            switch (TriggerParser.parse(metadata)) {
                case ParsedTrigger.Invalid invalid ->
                    assertThat(invalid.text())
                            .as("%s", metadata)
                            .startsWith("trigger metadata: ")
                            .hasSizeLessThan(4_000);
                case ParsedTrigger.Valid(Trigger trigger, var _) ->
                    assertThat(EffectiveMetadata.of(reread(trigger)))
                            .as("%s", metadata)
                            .isEqualTo(EffectiveMetadata.of(trigger));
            }
        }
    }

    private static Trigger reread(Trigger trigger) {
        return ((ParsedTrigger.Valid) TriggerParser.parse(EffectiveMetadata.of(trigger))).trigger();
    }

    private static Map<String, String> metadata(Random random) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        for (int i = random.nextInt(4); i >= 0; i--) {
            TriggerKey key = TriggerKey.values()[random.nextInt(TriggerKey.values().length)];
            String prefix = random.nextInt(5) == 0 ? ShadowMetadata.PREFIX : "";
            String suffix = random.nextInt(10) == 0 ? "FromEnv" : "";
            String name = prefix + key.key() + suffix;
            metadata.put(random.nextInt(10) == 0 ? mutated(name, random) : name, value(key, random));
        }
        return metadata;
    }

    private static String value(TriggerKey key, Random random) {
        String right =
                random.nextBoolean() ? key.defaultText().orElse("0.70") : VALUES.get(random.nextInt(VALUES.size()));
        return random.nextInt(3) == 0 ? right : mutated(right, random);
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(mutated.length() + 1);
            if (random.nextBoolean() && at < mutated.length()) {
                mutated.deleteCharAt(at);
            } else {
                mutated.insert(at, HOSTILE.get(random.nextInt(HOSTILE.size())));
            }
        }
        return mutated.toString();
    }
}
