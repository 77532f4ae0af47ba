package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.nimscaler.scaler.ScaledObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a ScaledObject (keda: apis/keda/v1alpha1/scaledobject_types.go). A shape that is not KEDA's reads as
 * absent: KEDA's own validation has the word there.
 *
 * @param target empty until KEDA has resolved it, where its kind is not one of those known without asking
 * @param minReplicas KEDA's default is 0
 */
record ScaledObject(
        ScaledObjectId id, String uid, Optional<ScaleTarget> target, int minReplicas, List<TriggerSpec> triggers) {

    /** The kinds whose resource names need no discovery. */
    private static final Map<String, String> WELL_KNOWN =
            Map.of("Deployment", "deployments", "StatefulSet", "statefulsets");

    /**
     * One entry of {@code spec.triggers}.
     *
     * @param metricType what the HPA compares under, KEDA's default is AverageValue: that of {@code scalingModifiers} where a formula
     *     makes one metric of all triggers, for then the trigger's own goes nowhere (keda: controllers/keda/hpa.go)
     */
    record TriggerSpec(String type, String metricType, Map<String, String> metadata) {

        boolean isExternal() {
            return type.equals("external") || type.equals("external-push");
        }

        /** Whether the first label of the host of {@code scalerAddress} is one of these. */
        boolean isFor(List<String> serviceNames) {
            String address = metadata.getOrDefault("scalerAddress", "");
            String host = address.contains("://") ? address.substring(address.indexOf("://") + 3) : address;
            String label = host.replaceFirst("^/*", "").split("[.:/]", 2)[0].toLowerCase(Locale.ROOT);
            return isExternal() && serviceNames.contains(label);
        }
    }

    /** Whether an edit (or a new object of the same name) has made it another workload's. */
    boolean scalesAnotherTargetThan(ScaledObject other) {
        boolean anotherTarget = target.isPresent() && other.target.isPresent() && !target.equals(other.target);
        return anotherTarget || !uid.equals(other.uid);
    }

    static ScaledObject of(GenericKubernetesResource resource) {
        String namespace = resource.getMetadata().getNamespace();
        String name = resource.getMetadata().getName();
        Map<?, ?> spec = map(resource.getAdditionalProperties().get("spec"));
        Map<?, ?> status = map(resource.getAdditionalProperties().get("status"));
        return new ScaledObject(
                new ScaledObjectId(namespace, name),
                Optional.ofNullable(resource.getMetadata().getUid()).orElse(""),
                target(namespace, map(spec.get("scaleTargetRef")), map(status.get("scaleTargetGVKR"))),
                spec.get("minReplicaCount") instanceof Number number ? number.intValue() : 0,
                triggers(spec.get("triggers"), map(map(spec.get("advanced")).get("scalingModifiers"))));
    }

    private static Optional<ScaleTarget> target(String namespace, Map<?, ?> ref, Map<?, ?> gvkr) {
        String name = text(ref.get("name"));
        String kind = text(ref.get("kind")).isEmpty() ? "Deployment" : text(ref.get("kind"));
        // KEDA resolves the kind after an edit of it only at its next reconcile
        if (text(gvkr.get("kind")).equals(kind) && !text(gvkr.get("resource")).isEmpty()) {
            return Optional.of(new ScaleTarget(
                    namespace, text(gvkr.get("group")), text(gvkr.get("version")), text(gvkr.get("resource")), name));
        }
        String apiVersion = text(ref.get("apiVersion"));
        boolean apps = apiVersion.isEmpty() || apiVersion.equals("apps/v1");
        return apps && WELL_KNOWN.containsKey(kind)
                ? Optional.of(new ScaleTarget(namespace, "apps", "v1", WELL_KNOWN.get(kind), name))
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
                String metricType = text((hasFormula ? modifiers : trigger).get("metricType"));
                specs.add(new TriggerSpec(
                        text(trigger.get("type")), metricType.isEmpty() ? "AverageValue" : metricType, metadata));
            }
        }
        return List.copyOf(specs);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
