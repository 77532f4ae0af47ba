package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields that are read of a ScaledObject (keda: apis/keda/v1alpha1/scaledobject_types.go). A field of another type than
 * KEDA's counts as absent: KEDA's own validation decides about it.
 *
 * @param target empty until KEDA has resolved it, where its kind is not one of those known without asking
 * @param minReplicas KEDA's default is 0
 * @param idleReplicas {@code idleReplicaCount}: while no trigger is active, in place of {@code minReplicas}; empty: not given
 * @param scaling what else it says of its HPA and its replicas
 */
record ScaledObject(
        ScaledObjectId id,
        String uid,
        Optional<ScaleTarget> target,
        int minReplicas,
        OptionalInt idleReplicas,
        Scaling scaling,
        List<TriggerSpec> triggers) {

    /** One that says nothing else of its HPA and its replicas. */
    ScaledObject(
            ScaledObjectId id,
            String uid,
            Optional<ScaleTarget> target,
            int minReplicas,
            OptionalInt idleReplicas,
            List<TriggerSpec> triggers) {
        this(id, uid, target, minReplicas, idleReplicas, Scaling.ofDefaults(id.name()), triggers);
    }

    /** Of any object (apimachinery: DNS1123SubdomainMaxLength). */
    private static final int LONGEST_NAME = 253;

    /**
     * One entry of {@code spec.triggers}.
     *
     * @param metricType what the HPA compares under, KEDA's default is AverageValue: that of {@code scalingModifiers} where a formula
     *     makes one metric of all triggers, for then the trigger's own goes nowhere (keda: controllers/keda/hpa.go)
     */
    record TriggerSpec(String type, String metricType, Map<String, String> metadata) {

        /**
         * {@code dns:HOST}, {@code dns:///HOST} and {@code dns://RESOLVER/HOST} are one name to KEDA's client (grpc:
         * doc/naming.md).
         */
        private static final Pattern BEFORE_THE_HOST =
                Pattern.compile("^(?:(?:dns|passthrough):(?://[^/]*/)?|[^/]*://)?/*", Pattern.CASE_INSENSITIVE);

        private static final int LENGTH_OF_ONE = 100;
        private static final int LENGTH_OF_A_KEY = 50;

        private long textLength() {
            return LENGTH_OF_ONE
                    + metadata.entrySet().stream()
                            .mapToLong(entry -> LENGTH_OF_A_KEY
                                    + entry.getKey().length()
                                    + entry.getValue().length())
                            .sum();
        }

        boolean isExternal() {
            return type.equals("external") || type.equals("external-push");
        }

        /** Whether the first label of the host of {@code scalerAddress} is one of these. */
        boolean isFor(List<String> serviceNames) {
            String address = metadata.getOrDefault("scalerAddress", "");
            String host = BEFORE_THE_HOST.matcher(address).replaceFirst("");
            String label = host.split("[.:/]", 2)[0].toLowerCase(Locale.ROOT);
            return isExternal() && serviceNames.contains(label);
        }
    }

    /** Between how many replicas its HPA may choose. */
    ReplicaBounds replicaBounds() {
        return new ReplicaBounds(Math.max(0, minReplicas), scaling.bounds().most());
    }

    /** Characters of its triggers, those included as which an empty trigger and a key count: 60,000 empty ones are megabytes, too. */
    long textLength() {
        return triggers.stream().mapToLong(TriggerSpec::textLength).sum();
    }

    /** Whether an edit (or a new object of the same name) has made it another workload's. */
    boolean scalesAnotherTargetThan(ScaledObject other) {
        boolean anotherTarget = target.isPresent() && other.target.isPresent() && !target.equals(other.target);
        return anotherTarget || !uid.equals(other.uid);
    }

    static ScaledObject of(GenericKubernetesResource resource) {
        String namespace = resource.getMetadata().getNamespace();
        return new ScaledObject(
                idOf(resource),
                Optional.ofNullable(resource.getMetadata().getUid()).orElse(""),
                target(
                        namespace,
                        map(resource.get("spec", "scaleTargetRef")),
                        map(resource.get("status", "scaleTargetGVKR"))),
                integer(resource.get("spec", "minReplicaCount")).orElse(0),
                integer(resource.get("spec", "idleReplicaCount")),
                scaling(resource),
                triggers(resource.get("spec", "triggers"), map(resource.get("spec", "advanced", "scalingModifiers"))));
    }

    private static Scaling scaling(GenericKubernetesResource resource) {
        Map<String, String> annotations =
                Optional.ofNullable(resource.getMetadata().getAnnotations()).orElse(Map.of());
        boolean isJoined = !text(resource.get("spec", "advanced", "scalingModifiers", "formula"))
                .isEmpty();
        String hpaName = name(resource.get("spec", "advanced", "horizontalPodAutoscalerConfig", "name"));
        return Scaling.of(resource.getMetadata().getName(), map(resource.get("spec")), annotations, isJoined, hpaName);
    }

    static ScaledObjectId idOf(GenericKubernetesResource resource) {
        return new ScaledObjectId(
                resource.getMetadata().getNamespace(), resource.getMetadata().getName());
    }

    private static Optional<ScaleTarget> target(String namespace, Map<?, ?> ref, Map<?, ?> gvkr) {
        String name = name(ref.get("name"));
        String kind = name(ref.get("kind")).isEmpty() ? "Deployment" : name(ref.get("kind"));
        // KEDA resolves the kind after an edit of it only at its next reconcile
        if (name(gvkr.get("kind")).equals(kind) && !name(gvkr.get("resource")).isEmpty()) {
            return Optional.of(new ScaleTarget(
                    namespace, name(gvkr.get("group")), name(gvkr.get("version")), name(gvkr.get("resource")), name));
        }
        String apiVersion = name(ref.get("apiVersion"));
        boolean apps = apiVersion.isEmpty() || apiVersion.equals("apps/v1");
        return apps && ScaleTarget.WELL_KNOWN.containsKey(kind)
                ? Optional.of(new ScaleTarget(namespace, "apps", "v1", ScaleTarget.WELL_KNOWN.get(kind), name))
                : Optional.empty();
    }

    private static List<TriggerSpec> triggers(@Nullable Object triggers, Map<?, ?> modifiers) {
        boolean hasFormula = !text(modifiers.get("formula")).isEmpty();
        List<TriggerSpec> specs = new ArrayList<>();
        if (triggers instanceof List<?> list) {
            for (Object each : list) {
                Map<?, ?> trigger = map(each);
                Map<String, String> metadata = new HashMap<>();
                map(trigger.get("metadata")).forEach((key, value) -> metadata.put(text(key), text(value)));
                String metricType = name((hasFormula ? modifiers : trigger).get("metricType"));
                specs.add(new TriggerSpec(
                        name(trigger.get("type")), metricType.isEmpty() ? "AverageValue" : metricType, metadata));
            }
        }
        return List.copyOf(specs);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    /** What is cut or made visible here is no name that Kubernetes could have given, and stays none. */
    private static String name(@Nullable Object value) {
        return Printable.of(text(value), LONGEST_NAME);
    }

    private static OptionalInt integer(@Nullable Object value) {
        return value instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
