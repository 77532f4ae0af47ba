package io.nimscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key with every wrong shape: never a trigger, and the error names key, value and expectation, short whatever came. */
class BadMetadataTest {

    private static final Map<String, String> SHAPES = shapes();

    /** Of these shapes, what the key can mean after all: names of models are free text. */
    private static final Set<String> NO_TEXT =
            Set.of("empty", "blank", "line break", "control character", "NUL", "1 MB");

    private static final Set<String> NAMES_OF_MODELS =
            SHAPES.keySet().stream().filter(shape -> !NO_TEXT.contains(shape)).collect(Collectors.toUnmodifiableSet());

    /** What these shapes can mean after all: a port may be called 5d, and the name of a model is free text. */
    private static final Map<TriggerKey, Set<String>> RIGHT = Map.of(
            TriggerKey.ACTIVATION_TARGET_VALUE,
            Set.of("zero", "number", "decimals"),
            TriggerKey.METRIC,
            Set.of("word", "not a number", "infinite", "capitals"),
            TriggerKey.MAX_RUNNING,
            Set.of("number"),
            TriggerKey.TOLERANCE,
            Set.of("zero", "decimals"),
            TriggerKey.PORT,
            Set.of("word", "number", "duration", "huge duration", "exponent", "hexadecimal", "wrong unit"),
            TriggerKey.MODEL_NAME,
            NAMES_OF_MODELS,
            TriggerKey.WAKE_MODEL_NAME,
            NAMES_OF_MODELS,
            TriggerKey.POD_SELECTOR,
            Set.of(
                    "word",
                    "comma",
                    "capitals",
                    "zero",
                    "number",
                    "decimals",
                    "not a number",
                    "infinite",
                    "huge",
                    "exponent",
                    "duration",
                    "huge duration",
                    "hexadecimal",
                    "wrong unit"),
            TriggerKey.POD_AUTH,
            Set.of("word"),
            TriggerKey.WAKE_SOURCE,
            Set.of("word"));

    private static final Set<TriggerKey> DURATIONS = Stream.of(TriggerKey.values())
            .filter(key -> key.defaultText().orElse("").matches("[0-9]+[sm]")
                    || key == TriggerKey.STALE_AFTER
                    || key == TriggerKey.WINDOW)
            .collect(Collectors.toUnmodifiableSet());

    private static Map<String, String> shapes() {
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("empty", "");
        shapes.put("blank", " \t ");
        shapes.put("not a number", "NaN");
        shapes.put("infinite", "Infinity");
        shapes.put("plus infinite", "+Inf");
        shapes.put("negative", "-1");
        shapes.put("negative duration", "-5s");
        shapes.put("zero", "0");
        shapes.put("number", "1");
        shapes.put("decimals", "0.0001");
        shapes.put("duration", "30s");
        shapes.put("huge", "9".repeat(40));
        shapes.put("huge duration", "999999999h");
        shapes.put("exponent", "1e-1");
        shapes.put("hexadecimal", "0x1p3");
        shapes.put("per cent", "70%");
        shapes.put("wrong unit", "5d");
        shapes.put("comma", "0,7");
        shapes.put("word", "abc");
        shapes.put("capitals", "TRUE");
        shapes.put("other digits", "\u0660.\u0667");
        shapes.put("emoji", "\ud83d\ude80");
        shapes.put("right to left", "\u202e7.0");
        shapes.put("line break", "0.7\n0.8");
        shapes.put("control character", "0.7\u0007");
        shapes.put("NUL", "a\0b");
        shapes.put("quote", "\"0.7\"");
        shapes.put("expression", "${jndi:ldap://x/y}");
        shapes.put("path upwards", "../../etc/passwd");
        shapes.put("1 MB", "1".repeat(1 << 20));
        return shapes;
    }

    static Stream<Arguments> wrong() {
        return Stream.of(TriggerKey.values())
                .flatMap(key -> SHAPES.keySet().stream()
                        .filter(shape -> !isRight(key, shape))
                        .map(shape -> Arguments.of(key, shape)));
    }

    private static boolean isRight(TriggerKey key, String shape) {
        TriggerKey alike = key == TriggerKey.DEMAND_SOURCE ? TriggerKey.WAKE_SOURCE : key;
        return RIGHT.getOrDefault(alike, Set.of()).contains(shape)
                || (key == TriggerKey.TARGET_VALUE && shape.equals("number"))
                || (DURATIONS.contains(key) && shape.equals("duration"));
    }

    private static Map<String, String> with(TriggerKey key, String value) {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        switch (key) {
            case WINDOW, QUANTILE -> metadata.put("metric", "time_to_first_token_seconds");
            case MAX_RUNNING -> metadata.put("metric", "serving_load");
            case WAKE_MODEL_NAME -> metadata.put("wakeSource", "gateway");
            default -> {}
        }
        metadata.put(key.key(), value);
        return metadata;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrong")
    void wrongValueIsAnErrorThatNamesIt(TriggerKey key, String shape) {
        String value = SHAPES.getOrDefault(shape, "");
        assertThat(TriggerParser.parse(with(key, value)))
                .isInstanceOfSatisfying(ParsedTrigger.Invalid.class, invalid -> {
                    assertThat(invalid.violations()).singleElement().satisfies(violation -> {
                        assertThat(violation.key()).isEqualTo(key.key());
                        assertThat(violation.value().orElseThrow()).hasSizeLessThanOrEqualTo(161);
                        assertThat(violation.expected()).isNotBlank();
                    });
                    assertThat(invalid.text()).contains(key.key() + " = \"").hasSizeLessThan(1_000);
                    assertThat(invalid.text().codePoints()).noneMatch(Character::isISOControl);
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void whatElseItCanMeanIsTaken(TriggerKey key) {
        SHAPES.forEach((shape, value) -> {
            if (isRight(key, shape)) {
                assertThat(TriggerParser.parse(with(key, value))).as(shape).isInstanceOf(ParsedTrigger.Valid.class);
            }
        });
    }

    static Stream<TriggerKey> keys() {
        return Stream.of(TriggerKey.values());
    }

    @Test
    void asManyKeysAsTheBoundAndNoMore() {
        assertThat(text(metadata(64))).contains("; and 55 more").hasSizeLessThan(2_000);
        assertThat(text(metadata(65))).isEqualTo("trigger metadata: metadata: expected at most 64 keys, got 65");
        assertThat(text(metadata(100_000))).hasSizeLessThan(100);
    }

    @Test
    void hugeKeysAreShortened() {
        Map<String, String> metadata = IntStream.range(0, 20)
                .boxed()
                .collect(Collectors.toMap(i -> i + "\ud83d\ude80".repeat(100_000), _ -> "x"));
        assertThat(text(metadata)).hasSizeLessThan(3_000);
    }

    @ParameterizedTest
    @CsvSource({
        "caCert, 4096",
        "caCertFromEnv, 4096",
        "tlsClientCert, 4096",
        "tlsClientKey, 4096",
        "scalerAddress, 1024",
        "tlsCertFile, 1024",
        "enableTLS, 1024",
        "unsafeSsl, 1024"
    })
    void kedasOwnKeysAreBoundedToo(String key, int longest) {
        assertThat(TriggerParser.parse(Map.of("targetValue", "0.70", key, "x".repeat(longest))))
                .isInstanceOf(ParsedTrigger.Valid.class);
        assertThat(text(Map.of("targetValue", "0.70", key, "x".repeat(longest + 1))))
                .isEqualTo("trigger metadata: " + key + ": expected at most " + longest + " characters, got "
                        + (longest + 1));
    }

    @Test
    void selectorFromTheEnvironmentIsRefused() {
        assertThat(text(Map.of("targetValue", "0.70", "podSelectorFromEnv", "app=llm")))
                .isEqualTo(
                        "trigger metadata: podSelectorFromEnv: expected podSelector itself: a call makes no watch of pods");
    }

    private static Map<String, String> metadata(int keys) {
        return IntStream.range(0, keys).boxed().collect(Collectors.toMap(i -> "unknown" + i, _ -> "x"));
    }

    private static String text(Map<String, String> metadata) {
        return ((ParsedTrigger.Invalid) TriggerParser.parse(metadata)).text();
    }
}
