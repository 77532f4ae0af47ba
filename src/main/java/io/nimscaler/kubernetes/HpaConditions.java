package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.trigger.Printable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why an HPA does not act, in its own words, if the scaler may read it. */
final class HpaConditions {

    private static final int LONGEST = 400;

    private HpaConditions() {}

    /**
     * For example {@code HPA keda-hpa-llm: ScalingActive is False, AmbiguousSelector: …}. Blocks for the client's request time-out at most.
     */
    static String of(KubernetesClient client, String namespace, String name) {
        return said(client, namespace, name)
                .map(said -> "HPA " + name + ": " + said)
                .orElse("kubectl -n " + namespace + " describe hpa " + name + " says why");
    }

    private static Optional<String> said(KubernetesClient client, String namespace, String name) {
        try {
            String body =
                    client.raw("/apis/autoscaling/v2/namespaces/" + namespace + "/horizontalpodautoscalers/" + name);
            return body == null
                    ? Optional.of("there is none")
                    : ofStatus(client.getKubernetesSerialization()
                            .unmarshal(body, GenericKubernetesResource.class)
                            .getAdditionalProperties()
                            .get("status"));
        } catch (RuntimeException _) {
            // The right to read it is optional
            return Optional.empty();
        }
    }

    private static Optional<String> ofStatus(@Nullable Object status) {
        if (!(status instanceof Map<?, ?> map && map.get("conditions") instanceof List<?> conditions)) {
            return Optional.empty();
        }
        return conditions.stream()
                .filter(Map.class::isInstance)
                .map(condition -> (Map<?, ?>) condition)
                // The third, ScalingLimited, is False where all is well
                .filter(condition -> "False".equals(condition.get("status"))
                        && List.of("AbleToScale", "ScalingActive").contains(condition.get("type")))
                .map(condition -> condition.get("type") + " is False, " + condition.get("reason") + ": "
                        + condition.get("message"))
                .findFirst()
                .map(text -> Printable.of(text, LONGEST));
    }
}
