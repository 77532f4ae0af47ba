package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.Map;

/** The Deployments of the stories' fleets. */
final class Deployments {

    private Deployments() {}

    /**
     * The pods of a NIM, with the label {@code app} of its name.
     *
     * @param readyAfter it was made
     * @param isScraped by the cluster's Prometheus
     */
    static Deployment ofNim(String name, int replicas, Duration readyAfter, boolean isScraped) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .addToAnnotations("e2e/ready-after", readyAfter.toMillis() + "ms")
                .addToAnnotations("prometheus.io/scrape", Boolean.toString(isScraped))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("nim")
                .withImage("nim")
                .addNewPort()
                .withName("http")
                .withContainerPort(8000)
                .endPort()
                // For triggers that take it from there
                .addNewEnv()
                .withName("TARGET")
                .withValue("0.70")
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /**
     * One pod as another project's controller makes it, ready a second later.
     *
     * @param labels of its pods
     * @param port the one that they answer on
     */
    static Deployment ofOthers(String name, Map<String, String> labels, int port) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .addToMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels(labels)
                .addToAnnotations("e2e/ready-after", "1s")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("model-server")
                .addNewPort()
                .withContainerPort(port)
                .endPort()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /** Nothing but its name: somebody else makes it. */
    static Deployment named(String name) {
        return new DeploymentBuilder().withNewMetadata().withName(name).endMetadata().build();
    }
}
