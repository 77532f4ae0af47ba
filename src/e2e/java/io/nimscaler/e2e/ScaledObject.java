package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A ScaledObject as a user writes it, with short windows, since a story takes a minute. What it says reaches the cluster by
 * {@link #apply}, the first time and after each change.
 */
public final class ScaledObject {

    private final Story story;
    private final String name;
    private final KubernetesClient client = Cluster.shared().client();
    private final Map<String, Object> spec = new LinkedHashMap<>();
    private final Map<String, Object> advanced = new LinkedHashMap<>();
    private final Map<String, String> annotations = new TreeMap<>();
    private final List<Object> triggers = new ArrayList<>();

    ScaledObject(Story story, String target) {
        this.story = story;
        this.name = target;
        spec.put("scaleTargetRef", Map.of("name", target));
        spec.put("pollingInterval", 2);
        spec.put("minReplicaCount", 1);
        spec.put("maxReplicaCount", 20);
        spec.put("triggers", triggers);
        advanced.put(
                "horizontalPodAutoscalerConfig",
                Map.of("behavior", Map.of("scaleDown", Map.of("stabilizationWindowSeconds", 0))));
        spec.put("advanced", advanced);
    }

    public String name() {
        return name;
    }

    /** Our trigger with a target of 0.70, polls twice a second, hardly any smoothing, and this downscale window. */
    public ScaledObject trigger(Duration downscaleWindow) {
        return trigger(downscaleWindow, Map.of());
    }

    /** The same with more keys, or others. */
    public ScaledObject trigger(Duration downscaleWindow, Map<String, String> more) {
        Map<String, String> metadata = new TreeMap<>(Map.of(
                "scalerAddress", Scaler.address(story),
                "targetValue", "0.70",
                "pollInterval", "500ms",
                "smoothingUp", "1s",
                "smoothingDown", "1s",
                "downscaleStabilizationWindow", downscaleWindow.toSeconds() + "s"));
        metadata.putAll(more);
        Map<String, Object> trigger = new LinkedHashMap<>();
        trigger.put("type", "external");
        trigger.put("metadata", metadata);
        triggers.add(trigger);
        return this;
    }

    /** KEDA's own trigger on a query of Prometheus. */
    public ScaledObject prometheusTrigger(Prometheus prometheus, String query, String threshold) {
        Map<String, Object> trigger = new LinkedHashMap<>();
        trigger.put("type", "prometheus");
        trigger.put(
                "metadata", Map.of("serverAddress", prometheus.url(), "query", query, "threshold", threshold));
        triggers.add(trigger);
        return this;
    }

    /** Gives the last trigger a name, for a formula. */
    public ScaledObject named(String trigger) {
        return lastTrigger(last -> last.put("name", trigger));
    }

    /** One metric of all triggers, by their names. */
    public ScaledObject formula(String formula, String target) {
        advanced.put("scalingModifiers", Map.of("formula", formula, "target", target));
        return this;
    }

    /** Changes the last trigger: fields beside its metadata, such as {@code useCachedMetrics}, or the metadata itself. */
    @SuppressWarnings("unchecked")
    public ScaledObject lastTrigger(Consumer<Map<String, Object>> change) {
        change.accept((Map<String, Object>) triggers.getLast());
        return this;
    }

    /** Changes a key of the metadata of the last trigger. */
    @SuppressWarnings("unchecked")
    public ScaledObject metadata(String key, String value) {
        return lastTrigger(trigger -> ((Map<String, Object>) trigger.get("metadata")).put(key, value));
    }

    /** The last trigger takes the value of this key from a variable of the scale target's container. */
    @SuppressWarnings("unchecked")
    public ScaledObject fromEnvironment(String key, String variable) {
        return lastTrigger(trigger -> ((Map<String, Object>) trigger.get("metadata")).remove(key))
                .metadata(key + "FromEnv", variable);
    }

    public ScaledObject with(String field, Object value) {
        spec.put(field, value);
        return this;
    }

    public ScaledObject annotation(String key, String value) {
        annotations.put(key, value);
        return this;
    }

    public ScaledObject withoutAnnotation(String key) {
        annotations.remove(key);
        return this;
    }

    /** Makes the cluster's object say what this one says. */
    public ScaledObject apply() {
        story.say("ScaledObject " + name + " " + annotations + " " + spec);
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion("keda.sh/v1alpha1");
        resource.setKind("ScaledObject");
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(story.namespace())
                .withAnnotations(annotations)
                .build());
        resource.setAdditionalProperty("spec", spec);
        client.resource(resource).serverSideApply();
        return this;
    }

    /** What the HPA wants; 0 where there is none, or it has not decided anything. */
    public int hpaDesired() {
        HorizontalPodAutoscaler hpa = hpa();
        return hpa == null || hpa.getStatus() == null || hpa.getStatus().getDesiredReplicas() == null
                ? 0
                : hpa.getStatus().getDesiredReplicas();
    }

    public void expectHpaDesires(int expected, Duration within) {
        Waiting.until("the HPA desires " + expected, within, this::hpaDesired, n -> n == expected);
        story.say("the HPA desires " + expected);
    }

    /** As of one that is paused: KEDA deletes its HPA. */
    public void expectNoHpa(Duration within) {
        Waiting.until("KEDA's HPA is gone", within, () -> hpa() == null, gone -> gone);
    }

    /** How often an Event of this reason was said about the ScaledObject, by anyone. */
    public int events(String reason) {
        return client.events().v1().events().inNamespace(story.namespace()).list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .filter(event -> name.equals(event.getRegarding().getName()))
                .mapToInt(event -> event.getDeprecatedCount() != null
                        ? event.getDeprecatedCount()
                        : event.getSeries() != null ? event.getSeries().getCount() : 1)
                .sum();
    }

    public void expectEvent(String reason, Duration within) {
        Waiting.until("an Event " + reason, within, () -> events(reason), n -> n > 0);
        story.say("Event " + reason);
    }

    private HorizontalPodAutoscaler hpa() {
        return client.autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(story.namespace())
                .withName("keda-hpa-" + name)
                .get();
    }
}
