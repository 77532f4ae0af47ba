package io.nimscaler.trigger;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the keys of one trigger's metadata one by one and gathers what is wrong with them. */
final class MetadataReader {

    /** The keys of KEDA's own external scaler; it sends all of a trigger's metadata (keda: pkg/scalers/external_scaler.go). */
    private static final Set<String> KEDA_KEYS =
            Set.of("scalerAddress", "tlsCertFile", "tlsClientCert", "tlsClientKey", "caCert", "enableTLS", "unsafeSsl");

    /** Of these, PEM texts; a certificate has some 2 kB. KEDA sends none that a TriggerAuthentication holds. */
    private static final Set<String> PEM_KEYS = Set.of("tlsClientCert", "tlsClientKey", "caCert");

    private static final String OF_OTHERS = " is a key of other triggers of KEDA";
    private static final String OF_THE_SPEC = "it in the spec of the ScaledObject, not in the metadata of a trigger";

    /** What users bring along from other triggers, the ScaledObject and the HPA, and what is in its place here. */
    private static final Map<String, String> KEYS_OF_OTHERS = Map.ofEntries(
            Map.entry("threshold", "targetValue; threshold" + OF_OTHERS),
            Map.entry("value", "targetValue; value" + OF_OTHERS),
            Map.entry("averageValue", "targetValue; averageValue is a key of the HPA"),
            Map.entry("activationThreshold", "activationTargetValue; activationThreshold" + OF_OTHERS),
            Map.entry("activationValue", "activationTargetValue; activationValue" + OF_OTHERS),
            Map.entry("metricName", "metric; metricName" + OF_OTHERS),
            Map.entry("query", "metric, for the pods are read without Prometheus; query" + OF_OTHERS),
            Map.entry(
                    "serverAddress", "no address, for the pods are read without Prometheus; serverAddress" + OF_OTHERS),
            Map.entry("metricType", "it beside the trigger's type, not in its metadata"),
            Map.entry("pollingInterval", "pollInterval; pollingInterval stands in the spec of the ScaledObject"),
            Map.entry("minReplicaCount", OF_THE_SPEC),
            Map.entry("maxReplicaCount", OF_THE_SPEC),
            Map.entry("idleReplicaCount", OF_THE_SPEC),
            Map.entry("cooldownPeriod", OF_THE_SPEC),
            Map.entry(
                    "stabilizationWindowSeconds",
                    "downscaleStabilizationWindow; stabilizationWindowSeconds is a key of the HPA's behavior"));

    private static final int LONGEST_PEM = 4_096;
    private static final int LONGEST_OTHER = 1_024;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,12})?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}(ms|s|m|h)){1,4}");
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(ms|s|m|h)");

    private final Map<TriggerKey, String> values = new EnumMap<>(TriggerKey.class);
    private final Set<TriggerKey> fromEnv = EnumSet.noneOf(TriggerKey.class);
    private final List<Violation> violations = new ArrayList<>();

    /** A required key that is written otherwise is one mistake, not two. */
    private boolean targetValueIsWrittenOtherwise;

    MetadataReader(Map<String, String> metadata) {
        metadata.forEach((key, value) -> {
            String plain = Grammar.withoutFromEnv(key);
            Optional<TriggerKey> known = TriggerKey.of(plain);
            if (known.isPresent()) {
                accept(known.get(), key, value.strip());
            } else if (KEDA_KEYS.contains(plain)) {
                int longest = PEM_KEYS.contains(plain) ? LONGEST_PEM : LONGEST_OTHER;
                if (value.length() > longest) {
                    String expected = "at most " + longest + " characters, got " + value.length();
                    violations.add(new Violation(key, Optional.empty(), expected, Optional.empty()));
                }
            } else {
                Violation unknown = unknown(key, plain);
                String targetValue = TriggerKey.TARGET_VALUE.key();
                targetValueIsWrittenOtherwise |= unknown.nearest().equals(Optional.of(targetValue))
                        || unknown.expected().startsWith(targetValue + ";");
                violations.add(unknown);
            }
        });
    }

    /** Whether it is for KEDA, which sends it along. */
    static boolean isKedas(String key) {
        return KEDA_KEYS.contains(key);
    }

    private static Violation unknown(String key, String plain) {
        String ofAnother = KEYS_OF_OTHERS.get(plain);
        if (ofAnother != null) {
            return new Violation(key, Optional.empty(), ofAnother, Optional.empty());
        }
        return new Violation(key, Optional.empty(), "a known key", TriggerKey.nearestTo(plain));
    }

    private void accept(TriggerKey known, String key, String value) {
        if (Grammar.isFromEnv(key)) {
            fromEnv.add(known);
            if (known == TriggerKey.POD_SELECTOR) {
                // Whoever may call could have any pods watched
                violations.add(new Violation(
                        key, Optional.empty(), "podSelector itself: a call makes no watch of pods", Optional.empty()));
            }
        }
        if (values.put(known, value) != null) {
            violations.add(new Violation(
                    known.key(), Optional.empty(), "it once, not as " + known.keyFromEnv() + " too", Optional.empty()));
        }
    }

    boolean isFromEnv(TriggerKey key) {
        return fromEnv.contains(key);
    }

    boolean has(TriggerKey key) {
        return values.containsKey(key);
    }

    /** All violations so far, in the order of their keys' names so that a text does not change between calls. */
    List<Violation> violations() {
        return violations.stream()
                .sorted((one, other) -> one.key().compareTo(other.key()))
                .toList();
    }

    /** Free text of at most {@code maxLength} characters, none of them a control character. */
    Optional<String> optional(TriggerKey key, int maxLength) {
        String value = values.get(key);
        if (value != null
                && (value.isEmpty()
                        || value.length() > maxLength
                        || value.chars().anyMatch(Character::isISOControl))) {
            reject(key, "1 to " + maxLength + " characters, no control character");
            return Optional.empty();
        }
        return Optional.ofNullable(value);
    }

    /** The text or its default; the default where it is rejected. */
    String text(TriggerKey key, Predicate<String> valid, String expected) {
        return text(key, valid, expected, _ -> Optional.empty());
    }

    /**
     * The same.
     *
     * @param meant by a value that is rejected
     */
    String text(TriggerKey key, Predicate<String> valid, String expected, Function<String, Optional<String>> meant) {
        String value = values.get(key);
        if (value != null && valid.test(value)) {
            return value;
        }
        if (value != null) {
            reject(key, expected, meant.apply(value));
        }
        return key.defaultText().orElse("");
    }

    /** The enum constant that is written in any case; KEDA's own keys are read so, too. */
    <E extends Enum<E>> E choice(TriggerKey key, Class<E> type) {
        Map<String, E> choices = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toMap(constant -> constant.name().toLowerCase(Locale.ROOT), constant -> constant));
        List<String> names = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        String text = text(
                key,
                value -> choices.containsKey(value.toLowerCase(Locale.ROOT)),
                "one of " + String.join(", ", names),
                value -> Meant.word(value, names));
        return choices.getOrDefault(text.toLowerCase(Locale.ROOT), type.getEnumConstants()[0]);
    }

    /** The same for a key without a default; empty where it is absent. */
    <E extends Enum<E>> Optional<E> optionalChoice(TriggerKey key, Class<E> type) {
        return has(key) ? Optional.of(choice(key, type)) : Optional.empty();
    }

    /** {@code true} or {@code false}. */
    boolean flag(TriggerKey key) {
        List<String> both = List.of("true", "false");
        return text(key, both::contains, "true or false", value -> Meant.word(value, both))
                .equals("true");
    }

    /**
     * The name that something has in the scaler's own settings; empty where the key is absent.
     *
     * @param setting under which it has that name
     */
    Optional<String> settingName(TriggerKey key, String setting) {
        String expected =
                "a name of the scaler's setting " + setting + ": a letter, then letters, digits or -, 63 at most";
        return Optional.of(text(key, Grammar::isSettingName, expected)).filter(name -> !name.isEmpty());
    }

    /** A plain decimal number of at most {@code decimals} decimals within [least, most]. */
    double number(TriggerKey key, BigDecimal least, BigDecimal most, int decimals) {
        String text = values.getOrDefault(key, key.defaultText().orElse(""));
        Optional<BigDecimal> number = NUMBER.matcher(text).matches()
                ? Optional.of(new BigDecimal(text).stripTrailingZeros())
                : Optional.empty();
        if (number.isPresent()
                && number.get().compareTo(least) >= 0
                && number.get().compareTo(most) <= 0
                && number.get().scale() <= decimals) {
            return number.get().doubleValue();
        }
        reject(
                key,
                "a number from " + least.toPlainString() + " to " + most.toPlainString() + " with at most " + decimals
                        + " decimals",
                Meant.number(key, text)
                        .filter(value ->
                                value.compareTo(least) >= 0 && value.compareTo(most) <= 0 && value.scale() <= decimals)
                        .map(BigDecimal::toPlainString));
        return least.doubleValue();
    }

    /** The same for a key without a default; empty where it is absent. */
    OptionalDouble optionalNumber(TriggerKey key, BigDecimal least, BigDecimal most, int decimals) {
        return has(key) ? OptionalDouble.of(number(key, least, most, decimals)) : OptionalDouble.empty();
    }

    /** A key that goes with some values of another only. */
    void expectOnlyWith(boolean applies, TriggerKey key, String expected) {
        if (!applies && has(key)) {
            reject(key, expected);
        }
    }

    /** A duration within [least, most]. */
    Duration duration(TriggerKey key, Duration least, Duration most) {
        return duration(key, least, most, "");
    }

    private Duration duration(TriggerKey key, Duration least, Duration most, String leastIs) {
        String text = values.getOrDefault(key, key.defaultText().orElse(""));
        Optional<Duration> duration = parseDuration(text);
        if (duration.isPresent()
                && duration.get().compareTo(least) >= 0
                && duration.get().compareTo(most) <= 0) {
            return duration.get();
        }
        reject(
                key,
                "a duration such as 500ms, 30s or 5m, from " + Durations.text(least) + " to " + Durations.text(most)
                        + (leastIs.isEmpty() ? "" : "; " + Durations.text(least) + " is " + leastIs),
                Meant.duration(text)
                        .filter(ours -> parseDuration(ours)
                                .filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0)
                                .isPresent()));
        return duration.orElse(least).compareTo(most) > 0 ? most : least;
    }

    /** The same for a key without a default; empty where it is absent. */
    Optional<Duration> optionalDuration(TriggerKey key, Duration least, Duration most) {
        return optionalDuration(key, least, most, "");
    }

    /**
     * The same.
     *
     * @param leastIs where the least value comes from, for example {@code 2 × pollInterval}
     */
    Optional<Duration> optionalDuration(TriggerKey key, Duration least, Duration most, String leastIs) {
        return has(key) ? Optional.of(duration(key, least, most, leastIs)) : Optional.empty();
    }

    static Optional<Duration> parseDuration(String text) {
        if (!DURATION.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        while (part.find()) {
            long amount = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        default -> Duration.ofHours(amount);
                    });
        }
        return Optional.of(sum);
    }

    /** Takes down that its value is not what was expected. */
    void reject(TriggerKey key, String expected) {
        reject(key, expected, Optional.empty());
    }

    private void reject(TriggerKey key, String expected, Optional<String> meant) {
        if (key == TriggerKey.TARGET_VALUE && !has(key) && targetValueIsWrittenOtherwise) {
            return;
        }
        if (!has(key)) {
            // KEDA leaves out what it cannot resolve (keda: pkg/scalers/external_scaler.go)
            String missing = "; it is missing. With " + key.keyFromEnv()
                    + ": KEDA found no such variable, or an empty one, in the scale target's container";
            violations.add(new Violation(key.key(), Optional.empty(), expected + missing, Optional.empty()));
            return;
        }
        Optional<String> shown =
                isFromEnv(key) ? Optional.of("(from the environment)") : Optional.ofNullable(values.get(key));
        violations.add(new Violation(key.key(), shown, expected, isFromEnv(key) ? Optional.empty() : meant));
    }
}
