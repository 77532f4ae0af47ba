package io.nimscaler.trigger;

import static io.nimscaler.trigger.TriggerKey.ACTIVATION_TARGET_VALUE;
import static io.nimscaler.trigger.TriggerKey.AGGREGATION_TYPE;
import static io.nimscaler.trigger.TriggerKey.DOWNSCALE_STABILIZATION_WINDOW;
import static io.nimscaler.trigger.TriggerKey.LOADING_CREDIT;
import static io.nimscaler.trigger.TriggerKey.MAX_RUNNING;
import static io.nimscaler.trigger.TriggerKey.METRIC;
import static io.nimscaler.trigger.TriggerKey.MODEL_NAME;
import static io.nimscaler.trigger.TriggerKey.PATH;
import static io.nimscaler.trigger.TriggerKey.POD_AUTH;
import static io.nimscaler.trigger.TriggerKey.POD_SELECTOR;
import static io.nimscaler.trigger.TriggerKey.POLL_INTERVAL;
import static io.nimscaler.trigger.TriggerKey.PORT;
import static io.nimscaler.trigger.TriggerKey.QUANTILE;
import static io.nimscaler.trigger.TriggerKey.SCHEME;
import static io.nimscaler.trigger.TriggerKey.SERIES_AGGREGATION;
import static io.nimscaler.trigger.TriggerKey.SMOOTHING_DOWN;
import static io.nimscaler.trigger.TriggerKey.SMOOTHING_UP;
import static io.nimscaler.trigger.TriggerKey.STALE_AFTER;
import static io.nimscaler.trigger.TriggerKey.STARTING_DEADLINE;
import static io.nimscaler.trigger.TriggerKey.TARGET_VALUE;
import static io.nimscaler.trigger.TriggerKey.TOLERANCE;
import static io.nimscaler.trigger.TriggerKey.UNAVAILABLE_AFTER;
import static io.nimscaler.trigger.TriggerKey.UPSCALE_STABILIZATION_WINDOW;
import static io.nimscaler.trigger.TriggerKey.WAKE_MODEL_NAME;
import static io.nimscaler.trigger.TriggerKey.WAKE_SOURCE;
import static io.nimscaler.trigger.TriggerKey.WINDOW;

import io.nimscaler.signal.CounterRate;
import io.nimscaler.signal.Gauge;
import io.nimscaler.signal.Latency;
import io.nimscaler.signal.SeriesAggregation;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Signal;
import io.nimscaler.signal.SignalOptions;
import io.nimscaler.signal.Signals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Trigger metadata → {@link Trigger}: the one place that knows the ranges. Nothing is half-applied: one violation and there
 * is no trigger.
 */
public final class TriggerParser {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LEAST_STALE_AFTER = Duration.ofSeconds(15);
    private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(5);

    /** There are 48 that could stand together: ours, a shadow's and KEDA's. */
    private static final int MOST_KEYS = 64;

    /** Rates in bytes or microseconds a second are large; in thousandths, times 5,000 pods, this is still an exact double. */
    private static final BigDecimal MOST = new BigDecimal("1000000000");

    private static final double HIGHEST_USEFUL_RATIO = 0.8;

    private static final Pattern LABEL_SELECTOR = labelSelector();

    private final MetadataReader metadata;

    private TriggerParser(MetadataReader metadata) {
        this.metadata = metadata;
    }

    /**
     * Never throws; a violation for each key that is wrong, and for each key of ours that does not exist. What is wrong with a shadow is
     * a warning, since it must not change what KEDA is told: there is no shadow then.
     */
    public static ParsedTrigger parse(Map<String, String> metadata) {
        if (metadata.size() > MOST_KEYS) {
            String expected = "at most " + MOST_KEYS + " keys, got " + metadata.size();
            return new ParsedTrigger.Invalid(
                    List.of(new Violation("metadata", Optional.empty(), expected, Optional.empty())));
        }
        ShadowMetadata shadow = new ShadowMetadata(metadata);
        ParsedTrigger reported = parseOne(shadow.reported());
        return reported instanceof ParsedTrigger.Valid valid ? shadow.beside(valid) : reported;
    }

    static ParsedTrigger parseOne(Map<String, String> metadata) {
        return new TriggerParser(new MetadataReader(metadata)).parse();
    }

    /**
     * Whether values are left to KEDA to resolve ({@code targetValueFromEnv}): then only a call carries them, the
     * ScaledObject does not.
     */
    public static boolean needsEnvironment(Map<String, String> metadata) {
        return metadata.keySet().stream().anyMatch(MetadataReader::isFromEnv);
    }

    /** What no value can make right of a trigger that {@link #needsEnvironment needs the environment}. */
    public static Optional<Violation> neverFromEnvironment(Map<String, String> metadata) {
        return new MetadataReader(metadata)
                .violations().stream()
                        .filter(violation -> violation.key().equals(TriggerKey.POD_SELECTOR.key() + "FromEnv"))
                        .findFirst();
    }

    private ParsedTrigger parse() {
        double targetValue = metadata.number(TARGET_VALUE, new BigDecimal("0.01"), MOST, 3);
        Duration pollInterval = metadata.duration(POLL_INTERVAL, Duration.ofMillis(250), Duration.ofMinutes(5));
        Duration leastStaleAfter = pollInterval.multipliedBy(2);
        Duration defaultStaleAfter = longer(LEAST_STALE_AFTER, pollInterval.multipliedBy(3));
        String metric = metadata.text(
                METRIC, Signals::isName, "a metric name such as " + Signals.KV_CACHE_USAGE + ", or rate(NAME)");
        Signal signal = signal(metric, pollInterval);
        Optional<String> modelName = metadata.optional(MODEL_NAME, 512);
        metadata.expectOnlyWith(metadata.has(WAKE_SOURCE), WAKE_MODEL_NAME, "wakeSource beside it");
        Trigger trigger = new Trigger(
                metadata.isFromEnv(METRIC) ? "nim" : asMetricName(metric),
                signal,
                modelName,
                new Target(
                        targetValue,
                        metadata.number(ACTIVATION_TARGET_VALUE, BigDecimal.ZERO, MOST, 6),
                        metadata.has(AGGREGATION_TYPE)
                                ? Optional.of(metadata.choice(AGGREGATION_TYPE, AggregationType.class))
                                : Optional.empty()),
                new Reading(
                        metadata.choice(SCHEME, Scheme.class),
                        port(),
                        path(),
                        podSelector(),
                        settingName(POD_AUTH, "nim-scaler.pods.auth"),
                        pollInterval),
                new Deadlines(
                        metadata.has(STALE_AFTER)
                                ? metadata.duration(STALE_AFTER, leastStaleAfter, HOUR)
                                : defaultStaleAfter,
                        metadata.duration(UNAVAILABLE_AFTER, Duration.ZERO, HOUR),
                        metadata.duration(STARTING_DEADLINE, Duration.ofSeconds(1), Duration.ofHours(24))),
                new Stabilization(
                        metadata.number(TOLERANCE, BigDecimal.ZERO, new BigDecimal("0.5"), 6),
                        new UpAndDown(
                                metadata.duration(SMOOTHING_UP, Duration.ZERO, HOUR),
                                metadata.duration(SMOOTHING_DOWN, Duration.ZERO, HOUR)),
                        new UpAndDown(
                                metadata.duration(UPSCALE_STABILIZATION_WINDOW, Duration.ZERO, HOUR),
                                metadata.duration(DOWNSCALE_STABILIZATION_WINDOW, Duration.ZERO, HOUR)),
                        metadata.text(
                                        LOADING_CREDIT,
                                        text -> text.equals("true") || text.equals("false"),
                                        "true or false")
                                .equals("true")),
                new Waking(
                        settingName(WAKE_SOURCE, "nim-scaler.wake-sources"),
                        metadata.optional(WAKE_MODEL_NAME, 512).or(() -> modelName)),
                Optional.empty(),
                Optional.empty());
        expectTargetInTheSignalsUnit(trigger);
        List<Violation> violations = metadata.violations();
        return violations.isEmpty()
                ? new ParsedTrigger.Valid(trigger, warningsOf(trigger))
                : new ParsedTrigger.Invalid(violations);
    }

    /** A ratio's target in percent would be a hundred times too high, and nearly all replicas would be taken away. */
    private void expectTargetInTheSignalsUnit(Trigger trigger) {
        double highest = trigger.signal().highestTarget();
        if (trigger.target().value() > highest) {
            boolean mayBePercent = trigger.target().value() <= 100 && !metadata.isFromEnv(TARGET_VALUE);
            BigDecimal percent =
                    BigDecimal.valueOf(mayBePercent ? trigger.target().value() : 70);
            metadata.reject(
                    TARGET_VALUE,
                    "at most "
                            + BigDecimal.valueOf(highest).stripTrailingZeros().toPlainString() + " for "
                            + trigger.signal().name() + ", of which 1 is all that a replica has; for "
                            + percent.stripTrailingZeros().toPlainString() + " % write \"" + asShare(percent) + "\"");
        }
    }

    /** With two or three decimals, as a target value has. */
    private static String asShare(BigDecimal percent) {
        BigDecimal share = percent.movePointLeft(2).setScale(3, RoundingMode.HALF_UP);
        return (share.stripTrailingZeros().scale() < 3 ? share.setScale(2, RoundingMode.HALF_UP) : share)
                .toPlainString();
    }

    private Signal signal(String metric, Duration pollInterval) {
        OptionalDouble maxRunning = metadata.optionalNumber(MAX_RUNNING, BigDecimal.ONE, new BigDecimal("100000"), 0);
        Duration fourScrapes = pollInterval.multipliedBy(4);
        Duration window = metadata.has(WINDOW)
                ? metadata.duration(WINDOW, longer(LEAST_WINDOW, fourScrapes), HOUR)
                : longer(DEFAULT_WINDOW, fourScrapes);
        OptionalDouble quantile = metadata.optionalNumber(QUANTILE, new BigDecimal("0.01"), new BigDecimal("0.999"), 3);
        Optional<SeriesAggregation> seriesAggregation = metadata.has(SERIES_AGGREGATION)
                ? Optional.of(metadata.choice(SERIES_AGGREGATION, SeriesAggregation.class))
                : Optional.empty();
        Signal signal = Signals.named(
                metric,
                new SignalOptions(
                        maxRunning.isPresent() ? OptionalInt.of((int) maxRunning.getAsDouble()) : OptionalInt.empty(),
                        window,
                        quantile,
                        seriesAggregation));
        metadata.expectOnlyWith(
                signal instanceof Latency || signal instanceof CounterRate,
                WINDOW,
                "the metric to be a latency or a rate(NAME)");
        metadata.expectOnlyWith(signal instanceof Latency, QUANTILE, "the metric to be a latency histogram");
        metadata.expectOnlyWith(signal instanceof Gauge, SERIES_AGGREGATION, "the metric to be a gauge of the pods");
        metadata.expectOnlyWith(
                signal instanceof ServingLoad, MAX_RUNNING, "metric " + ServingLoad.NAME + " beside it");
        return signal;
    }

    /** A name that an environment variable of the scaler can hold, too. */
    private Optional<String> settingName(TriggerKey key, String setting) {
        String expected =
                "a name of the scaler's setting " + setting + ": a letter, then letters, digits or -, 63 at most";
        return Optional.of(metadata.text(key, TriggerParser::isSettingName, expected))
                .filter(name -> !name.isEmpty());
    }

    /** Whether a setting of the scaler's can be called so. */
    public static boolean isSettingName(String text) {
        return text.matches("[a-z][a-z0-9-]{0,62}");
    }

    private static Pattern labelSelector() {
        String word = "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";
        String key = "(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?" + word;
        String value = "(?:" + word + ")?";
        String values = " *" + value + "(?: *, *" + value + ")*+ *";
        String requirement = "(?:! *" + key + "|" + key + "(?: *(?:==?|!=) *" + value + "| *[<>] *[0-9]{1,18}"
                + "| +(?:in|notin) *\\(" + values + "\\))?)";
        return Pattern.compile(" *" + requirement + "(?: *, *" + requirement + ")*+ *");
    }

    private Optional<String> podSelector() {
        String expected = "a label selector such as app=nim,role in (leader), 1024 characters at most";
        return Optional.of(metadata.text(POD_SELECTOR, TriggerParser::isLabelSelector, expected))
                .filter(selector -> !selector.isEmpty());
    }

    /** Whether the API server would take it (apimachinery: pkg/labels/selector.go). */
    public static boolean isLabelSelector(String text) {
        return text.length() <= 1024 && LABEL_SELECTOR.matcher(text).matches();
    }

    private PodPort port() {
        String expected = "a port number (1 to 65535) or the name of a container port";
        String text = metadata.text(PORT, value -> isPortNumber(value) || isPortName(value), expected);
        return isPortNumber(text) ? new PodPort.Numbered(Integer.parseInt(text)) : new PodPort.Named(text);
    }

    private static boolean isPortNumber(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
    }

    /** IANA_SVC_NAME, as Kubernetes validates the names of container ports. */
    private static boolean isPortName(String text) {
        return text.matches("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?") && text.matches(".*[a-z].*") && !text.contains("--");
    }

    private MetricsPath path() {
        String expected = "auto, or a path that starts with one /, without . and .. as segments";
        String text = metadata.text(PATH, value -> value.equals("auto") || isPath(value), expected);
        return text.equals("auto") ? MetricsPath.AUTO : new MetricsPath(List.of(text));
    }

    /**
     * A path and query that can only be that (RFC 3986), whoever reads it: no authority, no control character in any writing,
     * nothing that a server might resolve to another path.
     */
    public static boolean isPath(String text) {
        boolean written = text.matches("/([A-Za-z0-9_.~%=&?,:;@+-][A-Za-z0-9/_.~%=&?,:;@+-]{0,1000})?")
                && !text.matches("(?i).*%(?![2-7][0-9a-f]|[89a-f][0-9a-f]).*")
                && !text.matches("(?i).*%(7f|2f|5c).*");
        String path = text.split("\\?", 2)[0].replaceAll("(?i)%2e", ".");
        return written && !path.matches(".*/\\.{1,2}(/.*)?");
    }

    private static List<String> warningsOf(Trigger trigger) {
        List<String> warnings = new ArrayList<>();
        if (trigger.signal().saturatesAtOne() && trigger.target().value() > HIGHEST_USEFUL_RATIO) {
            warnings.add("targetValue = " + trigger.target().value() + " of a ratio that saturates at 1: above "
                    + HIGHEST_USEFUL_RATIO + " it can hardly ask for more replicas");
        }
        return warnings;
    }

    /** KEDA puts it into an URL and a label value: letters, digits, '-' and '_'. */
    private static String asMetricName(String metric) {
        return metric.toLowerCase(Locale.ROOT).replaceAll("[:(]", "-").replace(")", "");
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
