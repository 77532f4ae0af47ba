package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a maintainer looks at when a story failed, each in a file of the story's folder. */
final class Evidence {

    private Evidence() {}

    static void gather(Story story, List<Fleet> fleets, List<Scaler> scalers, long kedaLogBegan) {
        KubernetesClient client = Cluster.shared().client();
        String namespace = story.namespace();
        write(story, "events.yaml", () -> yaml(client.events().v1().events().inNamespace(namespace).list().getItems()));
        write(
                story,
                "hpas.yaml",
                () -> yaml(client.autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace)
                        .list()
                        .getItems()));
        write(
                story,
                "scaled-objects.yaml",
                () -> yaml(client.genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
                        .inNamespace(namespace)
                        .list()
                        .getItems()));
        write(
                story,
                "deployments.yaml",
                () -> yaml(client.apps().deployments().inNamespace(namespace).list().getItems()));
        write(story, "pods.yaml", () -> yaml(client.pods().inNamespace(namespace).list().getItems()));
        write(
                story,
                "scaler-pods.yaml",
                () -> yaml(client.pods().inNamespace(story.scalerNamespace()).list().getItems()));
        // All lines: KEDA's errors name the ScaledObject in a field, and what it says of others may be the cause
        write(
                story,
                "keda-operator.log",
                () -> String.join("\n", Cluster.shared().logOf("keda-operator", kedaLogBegan)));
        for (Fleet fleet : fleets) {
            write(story, "asked-" + fleet.name() + ".json", fleet::stats);
            String path = "/api/scaled-objects/" + namespace + "/" + fleet.name();
            for (Scaler scaler : scalers) {
                write(story, "state-" + fleet.name() + ".txt", () -> told(scaler, path));
                write(story, "decisions-" + fleet.name() + ".txt", () -> told(scaler, path + "/decisions"));
            }
        }
    }

    private static String told(Scaler scaler, String path) {
        return scaler.rest(path).entrySet().stream()
                .map(answer -> answer.getKey() + "\n" + answer.getValue() + "\n")
                .collect(Collectors.joining("\n"));
    }

    private static String yaml(List<? extends HasMetadata> items) {
        items.forEach(item -> item.getMetadata().setManagedFields(null));
        return items.stream().map(Serialization::asYaml).collect(Collectors.joining());
    }

    private static void write(Story story, String file, Supplier<String> text) {
        String got;
        try {
            got = text.get();
        } catch (KubernetesClientException | IllegalStateException e) {
            got = "could not be read: " + e;
        }
        story.write(file, got);
    }
}
