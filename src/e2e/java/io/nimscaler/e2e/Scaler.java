package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The product, deployed by the manifests of {@code k8s/base} in a namespace of its own. For each of its pods one process listens on the
 * pod's address with the rights of the pod's ServiceAccount, and this class is its kubelet: it starts it, reports its readiness,
 * restarts it where it died, and ends it with its pod.
 */
public final class Scaler {

    private static final String NAME = "keda-nim-scaler";
    private static final Set<String> SHARED_BY_ALL_STORIES = Set.of("ClusterRole", "PriorityClass");
    private static final Duration KUBELET_LOOKS_EVERY = Duration.ofMillis(500);
    private static final Duration READINESS_TIMEOUT = Duration.ofSeconds(2);

    private final Story story;
    private final String namespace;
    private final String name;
    private final KubernetesClient client = Cluster.shared().client();
    private final SharedIndexInformer<Pod> pods;
    private final Map<String, Background> processes = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String kubeconfig;
    private boolean restarts = true;

    Scaler(Story story, int replicas, Map<String, String> settings) {
        this(story, NAME, replicas, settings);
    }

    /** One more beside it, as the overlay {@code second-instance} makes it. */
    static Scaler secondInstance(Story story, String prefix, int replicas) {
        String name = prefix + "-" + NAME;
        return new Scaler(story, name, replicas, Map.of("NIM_SCALER_KUBERNETES_SERVICE_NAMES", name));
    }

    private Scaler(Story story, String name, int replicas, Map<String, String> settings) {
        this.story = story;
        this.name = name;
        this.namespace = story.scalerNamespace();
        apply(_ -> true, replicas, settings);
        this.kubeconfig = kubeconfig();
        this.pods = client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", name)
                .inform();
        story.atEnd(this::killAll);
        story.atEnd(pods::close);
        story.every(KUBELET_LOOKS_EVERY, this::beTheKubelet);
    }

    /** What a trigger of this story gives as {@code scalerAddress}. */
    static String address(Story story) {
        return host(story) + ":9090";
    }

    static String host(Story story) {
        return NAME + "." + story.scalerNamespace();
    }

    /** What a trigger gives as {@code scalerAddress} so that this instance takes it. */
    public String address() {
        return host() + ":9090";
    }

    String host() {
        return name + "." + namespace;
    }

    public void expectReady(int expected, Duration within) {
        Waiting.until(
                "the scaler has " + expected + " ready pods",
                within,
                () -> pods.getStore().list().stream()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                        .filter(Fleet::isReady)
                        .count(),
                n -> n == expected);
    }

    /** SIGKILL to the oldest process; its kubelet starts it again at once. */
    public synchronized void kill() {
        story.say("a scaler process is killed");
        processes.values().iterator().next().kill();
    }

    /** SIGKILL to every process; nothing starts them again before {@link #start}. */
    public synchronized void killAll() {
        story.say("all processes of " + name + " are killed");
        restarts = false;
        processes.values().forEach(Background::kill);
    }

    public synchronized void start() {
        story.say(name + " is started again");
        restarts = true;
    }

    /** A new version: the Deployment replaces its pods as its strategy says. */
    public void rollOut() {
        story.say("rolling update of the scaler");
        client.apps().deployments().inNamespace(namespace).withName(name).rolling().restart();
    }

    public boolean isRolledOut() {
        Deployment present = client.apps().deployments().inNamespace(namespace).withName(name).get();
        var status = present.getStatus();
        int wanted = present.getSpec().getReplicas();
        return present.getMetadata().getGeneration().equals(status.getObservedGeneration())
                && Integer.valueOf(wanted).equals(status.getUpdatedReplicas())
                && Integer.valueOf(wanted).equals(status.getReplicas())
                && Integer.valueOf(wanted).equals(status.getReadyReplicas());
    }

    /** Its ServiceAccount may do nothing any more. */
    public void losesItsRights() {
        story.say("the scaler's ClusterRoleBinding is deleted");
        client.rbac().clusterRoleBindings().withName(bindingName()).delete();
    }

    /** As {@code k8s/base} grants them. */
    public void regainsItsRights() {
        story.say("the scaler's ClusterRoleBinding is made again");
        apply(ClusterRoleBinding.class::isInstance, 0, Map.of());
    }

    /** A page of REST, as every present process answers it, by the name of its pod. */
    Map<String, String> rest(String path) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (Pod pod : pods.getStore().list()) {
            answers.put(pod.getMetadata().getName(), get(pod, 9090, path).map(HttpResponse::body).orElse("no answer"));
        }
        return answers;
    }

    /** The scaler's view of a ScaledObject by its first ready process, as JSON. */
    public String view(ScaledObject scaledObject) {
        return rest("/api/scaled-objects/" + story.namespace() + "/" + scaledObject.name()).values().stream()
                .findFirst()
                .orElse("");
    }

    /** All that its first ready process remembers of a ScaledObject, as the lines of a recording. */
    public List<String> recording(ScaledObject scaledObject) {
        return rest("/api/scaled-objects/" + story.namespace() + "/" + scaledObject.name() + "/recording").values().stream()
                .findFirst()
                .orElse("")
                .lines()
                .toList();
    }

    /** What its first process answers to a question, as JSON. */
    public String whatIf(ScaledObject scaledObject, String question) {
        Pod pod = pods.getStore().list().getFirst();
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://" + pod.getStatus().getPodIP() + ":9090/api/scaled-objects/"
                                            + story.namespace() + "/" + scaledObject.name() + "/what-if"))
                                    .timeout(Duration.ofSeconds(90))
                                    .header("content-type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(question))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private synchronized void beTheKubelet() {
        List<Pod> present = pods.getStore().list().stream()
                .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .toList();
        for (Pod pod : present) {
            String name = pod.getMetadata().getName();
            Background process = processes.get(name);
            boolean alive = process != null && process.isAlive();
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                if (alive) {
                    process.terminate();
                } else {
                    processes.remove(name);
                    client.resource(pod).withGracePeriod(0).delete();
                }
            } else if (alive) {
                report(pod, get(pod, 9000, "/q/health/ready").map(HttpResponse::statusCode).orElse(0) == 200);
            } else {
                report(pod, false);
                if (restarts) {
                    processes.put(name, start(pod));
                }
            }
        }
    }

    private Background start(Pod pod) {
        Map<String, String> environment = new LinkedHashMap<>(Map.of(
                "KUBECONFIG", kubeconfig,
                "NIM_SCALER_KUBERNETES_NAMESPACES", story.namespace(),
                // Many start side by side on few cores, so the start counts, not the peak
                "JDK_JAVA_OPTIONS", "-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "QUARKUS_HTTP_HOST", pod.getStatus().getPodIP(),
                "QUARKUS_MANAGEMENT_HOST", pod.getStatus().getPodIP()));
        for (EnvVar variable : pod.getSpec().getContainers().getFirst().getEnv()) {
            environment.put(variable.getName(), variable.getValue());
        }
        return Background.start(
                story.folder().resolve("scaler-" + pod.getMetadata().getName() + ".log"),
                environment,
                command().toArray(String[]::new));
    }

    /** How the product is started. */
    public static List<String> command() {
        String program = Cluster.setting("e2e.scaler");
        List<String> command = new ArrayList<>();
        if (program.endsWith(".jar")) {
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar"));
        }
        command.add(program);
        return command;
    }

    private void report(Pod pod, boolean ready) {
        if (Fleet.isReady(pod) == ready) {
            return;
        }
        story.reportReadiness(pod, ready);
    }

    private Optional<HttpResponse<String>> get(Pod pod, int port, String path) {
        try {
            return Optional.of(http.send(
                    HttpRequest.newBuilder(URI.create("http://" + pod.getStatus().getPodIP() + ":" + port + path))
                            .timeout(READINESS_TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void apply(Predicate<HasMetadata> wanted, int replicas, Map<String, String> settings) {
        try (Stream<Path> files = Files.list(Path.of(Cluster.setting("e2e.manifests")))) {
            for (Path file : files.filter(f -> !f.endsWith("kustomization.yaml"))
                    .sorted(Comparator.comparing((Path f) -> !f.endsWith("namespace.yaml")))
                    .toList()) {
                String yaml = Files.readString(file)
                        .replace("namespace: " + NAME, "namespace: " + namespace)
                        .replace(": " + NAME + "\n", ": " + name + "\n");
                for (HasMetadata resource : client.load(new ByteArrayInputStream(yaml.getBytes())).items()) {
                    if (wanted.test(resource)) {
                        apply(resource, replicas, settings);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void apply(HasMetadata resource, int replicas, Map<String, String> settings) {
        switch (resource) {
            case Namespace own -> own.getMetadata().setName(namespace);
            case ClusterRoleBinding binding -> binding.getMetadata().setName(bindingName());
            case Deployment deployment -> {
                deployment.getSpec().setReplicas(replicas);
                var metadata = deployment.getSpec().getTemplate().getMetadata();
                metadata.setAnnotations(Map.of("e2e/process", "true"));
                deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .setEnv(settings.entrySet().stream()
                                .map(setting -> new EnvVar(setting.getKey(), setting.getValue(), null))
                                .toList());
            }
            default -> {}
        }
        if (SHARED_BY_ALL_STORIES.contains(resource.getKind())) {
            client.resource(resource).serverSideApply();
        } else {
            story.make(resource);
        }
    }

    private String bindingName() {
        return name.equals(NAME) ? namespace : namespace + "-" + name;
    }

    private String kubeconfig() {
        TokenRequest request = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(7200L)
                        .endSpec()
                        .build());
        Config admin = client.getConfiguration();
        Path file = story.folder().resolve("kubeconfig-" + name);
        try {
            String ca = admin.getCaCertData() != null
                    ? admin.getCaCertData()
                    : Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(admin.getCaCertFile())));
            Files.writeString(
                    file,
                    """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: e2e, cluster: {server: "%s", certificate-authority-data: "%s"}}]
                    users: [{name: scaler, user: {token: "%s"}}]
                    contexts: [{name: e2e, context: {cluster: e2e, user: scaler}}]
                    current-context: e2e
                    """
                            .formatted(admin.getMasterUrl(), ca, request.getStatus().getToken()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        story.atEnd(() -> file.toFile().delete());
        return file.toString();
    }
}
