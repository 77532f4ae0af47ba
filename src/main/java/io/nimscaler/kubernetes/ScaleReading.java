package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.nimscaler.policy.Scale;
import org.jspecify.annotations.Nullable;

/** The result of one read of {@code /scale}. */
sealed interface ScaleReading {

    /** It becomes a part of the URL that the pods are watched by; where a custom resource has the word, it may be any text. */
    int LONGEST_SELECTOR = 4096;

    /**
     * @param selector the pods' label selector; empty where the scale target does not give one
     */
    record Read(Scale scale, String selector) implements ScaleReading {}

    /** It says, or would say, something that replicas and pods can not be known by. */
    record Unusable(String reason) implements ScaleReading {}

    /** The API server's word that it is not to be had; for a moment it may be wrong. */
    record Refused(String reason) implements ScaleReading {}

    /** No word of the API server: what was known before still holds. */
    record NoAnswer(String reason) implements ScaleReading {}

    /** Asks the API server; blocks for its request time-out at most. */
    static ScaleReading of(KubernetesClient client, ScaleTarget target) {
        if (!target.isWellFormed()) {
            return new Unusable("no scale target can have this name: " + target);
        }
        try {
            var scale = scale(client, target);
            return scale == null ? noSuchTarget(client, target) : read(target, scale);
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case 404 -> noSuchTarget(client, target);
                case 401, 403 -> new Refused("not allowed to get /scale of " + target + ": bind a role that allows it");
                default -> new NoAnswer("cannot read /scale of " + target);
            };
        }
    }

    /** Says so where it is another kind that has the name: KEDA takes a Deployment where no kind is given. */
    private static ScaleReading noSuchTarget(KubernetesClient client, ScaleTarget target) {
        String others = target.otherKinds().entrySet().stream()
                .filter(other -> isThere(client, other.getValue()))
                .map(other -> "; there is a " + other.getKey() + " of that name: set scaleTargetRef.kind")
                .findFirst()
                .orElse("");
        return new Refused("no such scale target: " + target + others);
    }

    private static boolean isThere(KubernetesClient client, ScaleTarget target) {
        try {
            return scale(client, target) != null;
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    /** Null where there is none. */
    private static io.fabric8.kubernetes.api.model.autoscaling.v1.@Nullable Scale scale(
            KubernetesClient client, ScaleTarget target) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(target.group())
                        .withVersion(target.version())
                        .withPlural(target.resource())
                        .withNamespaced(true)
                        .build())
                .inNamespace(target.namespace())
                .withName(target.name())
                .scale();
    }

    private static ScaleReading read(ScaleTarget target, io.fabric8.kubernetes.api.model.autoscaling.v1.Scale scale) {
        if (scale.getStatus() == null) {
            return new Unusable("/scale of " + target + " has no status");
        }
        int spec = scale.getSpec() == null || scale.getSpec().getReplicas() == null
                ? 0
                : scale.getSpec().getReplicas();
        int status =
                scale.getStatus().getReplicas() == null ? 0 : scale.getStatus().getReplicas();
        String selector =
                scale.getStatus().getSelector() == null ? "" : scale.getStatus().getSelector();
        if (selector.length() > LONGEST_SELECTOR) {
            return new Unusable("/scale of " + target + ": expected a selector of at most " + LONGEST_SELECTOR
                    + " characters, got " + selector.length());
        }
        return new Read(new Scale(Math.max(0, spec), Math.max(0, status)), selector);
    }
}
