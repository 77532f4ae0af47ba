package io.nimscaler.kubernetes;

import io.nimscaler.scaler.Following;
import io.nimscaler.trigger.Printable;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a ScaledObject sets for its HPA and its replicas, beside the triggers (keda: apis/keda/v1alpha1/scaledobject_types.go).
 *
 * @param hpaName the name of KEDA's HPA
 * @param isJoined whether a formula makes one metric of all triggers: what one of them asks for is not what the HPA is told
 * @param pause what KEDA does not do while it is paused, in words; empty: it is not
 */
record Scaling(String hpaName, Following.Bounds bounds, boolean isJoined, Optional<Pause> pause) {

    /**
     * @param isWhole whether nothing changes the replicas, up or down
     */
    record Pause(boolean isWhole, String text) {}

    /** KEDA's (keda: apis/keda/v1alpha1, defaultHPAMaxReplicas). */
    private static final int DEFAULT_MOST = 100;

    /** The API server takes no longer ones (kubernetes: pkg/apis/autoscaling/validation). */
    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);

    private static final Duration LONGEST_PERIOD = Duration.ofMinutes(30);

    /** Of the policies that an HPA has where it is given none (kubernetes: pkg/apis/autoscaling/v2/defaults.go). */
    private static final Duration DEFAULT_PERIOD = Duration.ofSeconds(15);

    /** KEDA's, in seconds; a cached value is as old at most. */
    private static final int DEFAULT_POLLING = 30;

    /** Also what it begins with: {@code paused-replicas}, {@code paused-scale-in} and {@code paused-scale-out}. */
    private static final String PAUSED = "autoscaling.keda.sh/paused";

    private static final String PAUSED_REPLICAS = PAUSED + "-replicas";

    /** What Go takes for false (strconv.ParseBool); KEDA takes anything else for true (keda: scaledobject_types.go, getBoolAnnotation). */
    private static final Set<String> FALSE = Set.of("false", "False", "FALSE", "f", "F", "0");

    private static final int LONGEST_NUMBER = 20;

    /** Of an annotation (apimachinery: qualified names). */
    private static final int LONGEST_KEY = 317;

    /** What a ScaledObject of this name says that says nothing of it. */
    static Scaling ofDefaults(String name) {
        return new Scaling(
                "keda-hpa-" + name,
                new Following.Bounds(DEFAULT_MOST, DEFAULT_MOST, Optional.of(DEFAULT_PERIOD)),
                false,
                Optional.empty());
    }

    /**
     * @param name of the ScaledObject, and what it is given for its HPA where it is given one
     * @param isJoined whether it has a formula
     */
    static Scaling of(
            String name, Map<?, ?> spec, Map<String, String> annotations, boolean isJoined, String ownHpaName) {
        int most = integer(spec.get("maxReplicaCount")).orElse(DEFAULT_MOST);
        int fallback = integer(map(spec.get("fallback")).get("replicas")).orElse(most);
        Optional<Pause> pause = pause(annotations);
        boolean isPlain = !isJoined && pause.isEmpty();
        Map<?, ?> hpa = map(map(spec.get("advanced")).get("horizontalPodAutoscalerConfig"));
        Map<?, ?> up = map(map(hpa.get("behavior")).get("scaleUp"));
        return new Scaling(
                ownHpaName.isEmpty() ? "keda-hpa-" + name : ownHpaName,
                new Following.Bounds(
                        most,
                        isPlain && !isCachedForLong(spec) ? Math.min(most, fallback) : 0,
                        isPlain ? patience(up) : Optional.empty()),
                isJoined,
                pause);
    }

    /** A number of replicas counts before the rest, as it does for KEDA. */
    private static Optional<Pause> pause(Map<String, String> annotations) {
        String replicas = annotations.get(PAUSED_REPLICAS);
        if (replicas != null) {
            return Optional.of(new Pause(
                    true,
                    "KEDA is paused at " + Printable.of(replicas, LONGEST_NUMBER) + " replicas by the annotation "
                            + PAUSED_REPLICAS + ": whatever is reported changes nothing"));
        }
        return annotations.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PAUSED) && !FALSE.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .map(key -> key.equals(PAUSED)
                        ? new Pause(
                                true,
                                "KEDA is paused by the annotation " + PAUSED
                                        + ": the replicas stay as they are, whatever is reported")
                        : new Pause(
                                false,
                                "KEDA does not scale in every direction: the annotation "
                                        + Printable.of(key, LONGEST_KEY) + " is set"));
    }

    /** Whether the HPA may act on a value that was asked for long ago. */
    private static boolean isCachedForLong(Map<?, ?> spec) {
        return integer(spec.get("pollingInterval")).orElse(DEFAULT_POLLING) > DEFAULT_POLLING
                && spec.get("triggers") instanceof List<?> triggers
                && triggers.stream()
                        .anyMatch(trigger -> Boolean.TRUE.equals(map(trigger).get("useCachedMetrics")));
    }

    /** Its window, and the longest period of its policies. */
    private static Optional<Duration> patience(Map<?, ?> scaleUp) {
        if ("Disabled".equals(scaleUp.get("selectPolicy"))) {
            return Optional.empty();
        }
        Duration window = seconds(scaleUp.get("stabilizationWindowSeconds"), LONGEST_WINDOW);
        Duration period = DEFAULT_PERIOD;
        if (scaleUp.get("policies") instanceof List<?> policies) {
            for (Object policy : policies) {
                Duration its = seconds(map(policy).get("periodSeconds"), LONGEST_PERIOD);
                period = its.compareTo(period) > 0 ? its : period;
            }
        }
        return Optional.of(window.plus(period));
    }

    private static Duration seconds(@Nullable Object value, Duration atMost) {
        Duration given = Duration.ofSeconds(Math.max(0, integer(value).orElse(0)));
        return given.compareTo(atMost) > 0 ? atMost : given;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static OptionalInt integer(@Nullable Object value) {
        return value instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }
}
