package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Helm chart, rendered for the namespace of a story's scaler. The story is skipped where there is no helm. */
public final class Chart {

    private static final String RELEASE = "keda-nim-scaler";

    private final Story story;
    private final KubernetesClient client = Cluster.shared().client();
    private final List<HasMetadata> objects;

    public Chart(Story story) {
        this.story = story;
        Path helm = Path.of(System.getenv("E2E_BIN"), "helm");
        Assumptions.assumeTrue(Files.isExecutable(helm), "src/e2e/cluster/build.sh helm makes what this story needs");
        Path chart = Path.of(Cluster.setting("e2e.manifests")).resolveSibling("helm").resolve(RELEASE);
        String version = client.getKubernetesVersion().getGitVersion();
        String yaml = run(
                "rendered.yaml",
                helm.toString(),
                "template",
                RELEASE,
                chart.toString(),
                "--namespace",
                story.scalerNamespace(),
                "--kube-version",
                version);
        this.objects = client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    /** Those of the objects that this API server would not make as they are, with its reason; unknown fields are one. */
    public List<String> refused() {
        List<String> refused = new ArrayList<>();
        for (HasMetadata object : objects) {
            try {
                client.resource(object)
                        .dryRun()
                        .fieldValidation(FieldValidateable.Validation.STRICT)
                        .forceConflicts()
                        .serverSideApply();
            } catch (RuntimeException e) {
                refused.add(object.getKind() + ": " + e.getMessage());
            }
        }
        return refused;
    }

    /** What the pod of {@code helm test} says that asks this scaler; fails where its command fails. */
    public String test() {
        Pod pod = objects.stream()
                .filter(Pod.class::isInstance)
                .map(Pod.class::cast)
                .findFirst()
                .orElseThrow();
        return run(
                "helm-test.txt",
                pod.getSpec().getContainers().getFirst().getCommand().toArray(String[]::new));
    }

    private String run(String output, String... command) {
        Path file = story.file(output);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(story.file(output + ".errors").toFile())
                    .redirectOutput(file.toFile())
                    .start();
            int exit = process.waitFor();
            String said = Files.readString(file);
            if (exit != 0) {
                throw new AssertionError(Stream.of(command).toList() + " ended with " + exit + ", see " + file);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
