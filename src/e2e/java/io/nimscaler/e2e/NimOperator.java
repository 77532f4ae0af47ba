package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** NVIDIA's NIM Operator with one NIMService, whose Deployment it makes and writes. */
public interface NimOperator {

    /** The pods of its Deployment; one replica at first. */
    Fleet fleet();

    /** An environment variable of the NIMService changes. */
    void edit();

    /** {@code spec.replicas} of the NIMService is this many. */
    void insistsOn(int replicas);

    /** {@code spec.scale.enabled}: it makes an HPA on this external metric, and leaves the replicas to it. */
    void ownsTheHpa(String metric, ScaledObject scaling);

    /** One that does to the Deployment what version 3.1.2 was seen to do. */
    static NimOperator standIn(Story story, Duration readyAfter) {
        return new StandIn(story, story.fleet("llm", 1, readyAfter));
    }

    /**
     * The operator itself; the story is skipped where {@code -De2e.nimOperator} names no folder with its executable {@code manager}, its
     * CRDs {@code crds/*.yaml} and its {@code manifests}.
     */
    static NimOperator itself(Story story, Duration readyAfter) {
        String folder = System.getProperty("e2e.nimOperator", "");
        Assumptions.assumeTrue(!folder.isBlank(), "-De2e.nimOperator=FOLDER is not given: the NIM Operator itself is not run");
        return new Itself(story, Path.of(folder).toAbsolutePath(), readyAfter);
    }

    private static String hpa(String metric, ScaledObject scaling, String indent) {
        return """
                minReplicas: 1
                maxReplicas: 20
                metrics:
                  - type: External
                    external:
                      metric:
                        name: %s
                        selector:
                          matchLabels:
                            scaledobject.keda.sh/name: %s
                      target:
                        type: AverageValue
                        averageValue: 700m
                behavior:
                  scaleDown:
                    stabilizationWindowSeconds: 0
                """
                .formatted(metric, scaling.name())
                .indent(indent.length());
    }

    /** See {@link #standIn}. */
    final class StandIn implements NimOperator {

        private final Story story;
        private final Fleet fleet;
        private final KubernetesClient client = Cluster.shared().client();
        private volatile OptionalInt replicas = OptionalInt.empty();
        private volatile boolean scales;
        private int edits;

        private StandIn(Story story, Fleet fleet) {
            this.story = story;
            this.fleet = fleet;
            story.every(Duration.ofSeconds(2), this::reset);
        }

        @Override
        public Fleet fleet() {
            return fleet;
        }

        @Override
        public void edit() {
            story.say("the NIMService is edited");
            edits++;
            write();
        }

        @Override
        public void insistsOn(int number) {
            story.say("the NIMService says replicas: " + number);
            replicas = OptionalInt.of(number);
        }

        @Override
        public void ownsTheHpa(String metric, ScaledObject scaling) {
            scales = true;
            story.apply(
                    """
                    apiVersion: autoscaling/v2
                    kind: HorizontalPodAutoscaler
                    metadata:
                      name: %1$s
                    spec:
                      scaleTargetRef:
                        apiVersion: apps/v1
                        kind: Deployment
                        name: %1$s
                    """
                                    .formatted(fleet.name())
                            + hpa(metric, scaling, "  "));
        }

        /** Within seconds of each step of the HPA. */
        private void reset() {
            if (replicas.isPresent() && !scales && fleet.replicas() != replicas.getAsInt()) {
                story.say("the operator resets " + fleet.replicas() + " replicas to " + replicas.getAsInt());
                write();
            }
        }

        /** It replaces the whole spec, so that replicas that are not given are the API server's default, 1. */
        private synchronized void write() {
            Deployment now = client.apps()
                    .deployments()
                    .inNamespace(story.namespace())
                    .withName(fleet.name())
                    .get();
            now.getMetadata().setResourceVersion(null);
            if (!scales) {
                now.getSpec().setReplicas(replicas.isPresent() ? replicas.getAsInt() : null);
            }
            now.getSpec().getTemplate().getMetadata().getAnnotations().put("edit", Integer.toString(edits));
            client.resource(now).update();
        }
    }

    /** See {@link #itself}. */
    final class Itself implements NimOperator {

        private static final String API = "apps.nvidia.com/v1alpha1";
        private static final String KIND = "NIMService";
        private static final String NAME = "llm";

        private final Story story;
        private final Fleet fleet;
        private final KubernetesClient client = Cluster.shared().client();
        private int edits;

        private Itself(Story story, Path folder, Duration readyAfter) {
            this.story = story;
            applyCrds(folder.resolve("crds"));
            Waiting.until("NIMServices are known", Story.SOON, this::areKnown, known -> known);
            // It reads its manifests from the root of the file system
            Background operator = Background.start(
                    story.file("nim-operator.log"),
                    Map.of("OPERATOR_NAMESPACE", story.namespace()),
                    "unshare",
                    "-m",
                    "sh",
                    "-c",
                    "mkdir -p /manifests && mount --bind \"$0\" /manifests && exec \"$@\"",
                    folder.resolve("manifests").toString(),
                    folder.resolve("manager").toString(),
                    "-health-probe-bind-address=127.0.0.1:0");
            story.atEnd(operator::kill);
            story.apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: ngc-api-secret}
                    stringData: {NGC_API_KEY: none}
                    """);
            this.fleet = story.deploymentOfOthers(NAME);
            story.apply(
                    """
                    apiVersion: apps.nvidia.com/v1alpha1
                    kind: NIMService
                    metadata:
                      name: llm
                    spec:
                      image: {repository: nim, tag: "1"}
                      authSecret: ngc-api-secret
                      storage: {emptyDir: {}}
                      annotations: {e2e/ready-after: %dms}
                      expose: {service: {type: ClusterIP, port: 8000}}
                    """
                            .formatted(readyAfter.toMillis()));
            // Its finalizer needs the operator
            story.atEnd(() -> Waiting.until(
                    "the NIMService is gone", Duration.ofSeconds(30), this::deleted, gone -> gone));
            Waiting.until("the operator makes a Deployment", Story.SOON, fleet::replicas, number -> number == 1);
        }

        private void applyCrds(Path crds) {
            try (Stream<Path> files = Files.list(crds)) {
                List<Path> all = files.filter(file -> file.toString().endsWith(".yaml"))
                        .sorted()
                        .toList();
                for (Path file : all) {
                    // They stay: another story may begin while they would be ending
                    client.load(Files.newInputStream(file)).items().forEach(crd -> client.resource(crd)
                            .serverSideApply());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private boolean areKnown() {
            try {
                return client.genericKubernetesResources(API, KIND)
                        .inNamespace(story.namespace())
                        .list()
                        .getItems()
                        .isEmpty();
            } catch (KubernetesClientException e) {
                return false;
            }
        }

        private boolean deleted() {
            service().delete();
            return service().get() == null;
        }

        private Resource<GenericKubernetesResource> service() {
            return client.genericKubernetesResources(API, KIND)
                    .inNamespace(story.namespace())
                    .withName(NAME);
        }

        private void patch(String spec) {
            service().patch(PatchContext.of(PatchType.JSON_MERGE), spec);
        }

        @Override
        public Fleet fleet() {
            return fleet;
        }

        @Override
        public void edit() {
            edits++;
            story.say("the NIMService is edited");
            patch("{\"spec\": {\"env\": [{\"name\": \"EDIT\", \"value\": \"%d\"}]}}".formatted(edits));
        }

        @Override
        public void insistsOn(int replicas) {
            story.say("the NIMService says replicas: " + replicas);
            patch("{\"spec\": {\"replicas\": %d}}".formatted(replicas));
        }

        @Override
        public void ownsTheHpa(String metric, ScaledObject scaling) {
            String spec = "spec:\n  scale:\n    enabled: true\n    hpa:\n" + hpa(metric, scaling, "      ");
            patch(Serialization.asJson(Serialization.unmarshal(spec, Map.class)));
        }
    }
}
