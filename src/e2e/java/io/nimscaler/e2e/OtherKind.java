package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * A kind of another project, known to the API server by the least definition that will do: any fields, and {@code /scale} at the paths
 * of the project's own definition.
 *
 * @param selector the field of the status with the selector of the pods; empty: it has no {@code /scale}
 */
public record OtherKind(String group, String version, String kind, String selector) {

    private static final Duration CONTROLLER_LOOKS_EVERY = Duration.ofMillis(500);

    private String plural() {
        return kind.toLowerCase(Locale.ROOT) + "s";
    }

    private String apiVersion() {
        return group + "/" + version;
    }

    /** Makes it known. It stays: another story may begin while it would be ending. */
    public void define(Story story) {
        KubernetesClient client = Cluster.shared().client();
        String scale = selector.isEmpty()
                ? ""
                : """
                      scale:
                        specReplicasPath: .spec.replicas
                        statusReplicasPath: .status.replicas
                        labelSelectorPath: .status.%s
                """
                        .formatted(selector);
        String definition =
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %1$s.%2$s}
                spec:
                  group: %2$s
                  names: {kind: %3$s, plural: %1$s, singular: %4$s, listKind: %3$sList}
                  scope: Namespaced
                  versions:
                  - name: %5$s
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
                    subresources:
                      status: {}
                """
                        .formatted(plural(), group, kind, kind.toLowerCase(Locale.ROOT), version);
        client.load(new ByteArrayInputStream((definition + scale).getBytes(StandardCharsets.UTF_8)))
                .items()
                .forEach(crd -> client.resource(crd).forceConflicts().serverSideApply());
        Waiting.until(kind + " is known", Story.SOON, () -> isKnown(client, story.namespace()), known -> known);
    }

    private boolean isKnown(KubernetesClient client, String namespace) {
        try {
            client.genericKubernetesResources(apiVersion(), kind).inNamespace(namespace).list();
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** An object of this kind with one replica, and its controller: this fleet follows it, and its status says which pods are its own. */
    public void make(Story story, String name, Fleet fleet, String podSelector) {
        KubernetesClient client = Cluster.shared().client();
        story.apply(
                """
                apiVersion: %s
                kind: %s
                metadata: {name: %s}
                spec: {replicas: 1}
                """
                        .formatted(apiVersion(), kind, name));
        story.every(CONTROLLER_LOOKS_EVERY, () -> {
            var object = client.genericKubernetesResources(apiVersion(), kind)
                    .inNamespace(story.namespace())
                    .withName(name);
            GenericKubernetesResource now = object.get();
            fleet.follows(((Number) now.get("spec", "replicas")).intValue());
            Map<String, Object> status = Map.of("replicas", fleet.readyPods(), selector, podSelector);
            object.subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
        });
    }

    /** The scaler of this story may read its {@code /scale}, as k8s/components/leader-worker-set grants it. */
    public void mayBeRead(Story story) {
        story.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: scale-of-%1$s}
                rules: [{apiGroups: [%2$s], resources: [%1$s/scale], verbs: [get]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: scale-of-%1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scale-of-%1$s}
                subjects: [{kind: ServiceAccount, name: keda-nim-scaler, namespace: %3$s}]
                """
                        .formatted(plural(), group, story.scalerNamespace()));
    }
}
