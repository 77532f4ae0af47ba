package io.nimscaler.e2e;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One test's world: a namespace for its fleets and ScaledObjects, another one for its scaler, and a folder with what happened, which
 * stays where the test fails.
 */
public final class Story {

    /** For what must happen, where a story is not about how fast: generous, for a machine may be busy with other stories. */
    public static final Duration SOON = Duration.ofSeconds(75);

    private final String title;
    private final String namespace;
    private final Path folder;
    private final long kedaLogBegan = Cluster.shared().sizeOfLog("keda-operator");
    private final KubernetesClient client = Cluster.shared().client();
    private final ScheduledExecutorService background = Executors.newScheduledThreadPool(2);
    private final Deque<Runnable> atEnd = new ArrayDeque<>();
    private final List<Fleet> fleets = new ArrayList<>();
    private final List<Scaler> scalers = new ArrayList<>();
    private boolean scraped;

    private Story(String title, Path folder) {
        this.title = title;
        this.folder = folder;
        String name = title.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('.', '-').toLowerCase(Locale.ROOT);
        // Another one each time: the namespace of a run before, of the same name, may still be ending
        String run = Long.toHexString(System.nanoTime() & 0xffff_ffffL);
        this.namespace = name.substring(0, Math.min(name.length(), 45)) + "-" + run;
    }

    static Story begin(String scenario, String test) {
        String title = scenario + "." + test;
        Path folder = Path.of(Cluster.setting("e2e.folder"), title);
        try {
            delete(folder);
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Story story = new Story(title, folder);
        story.makeNamespace(story.namespace);
        return story;
    }

    /** A Deployment whose pods are ready as soon as they have an address. */
    public Fleet fleet(String name, int replicas) {
        return fleet(name, replicas, Duration.ZERO);
    }

    /** A Deployment whose pods take a while to load their model; after an hour, say, which no story waits for, never. */
    public Fleet fleet(String name, int replicas, Duration readyAfter) {
        Fleet fleet = new Fleet(this, name, replicas, readyAfter);
        fleets.add(fleet);
        return fleet;
    }

    /**
     * A StatefulSet of NIM pods, in YAML with its {@code replicas}.
     */
    public Fleet statefulSet(String yaml) {
        StatefulSet statefulSet = Serialization.unmarshal(yaml, StatefulSet.class);
        Fleet fleet = of(statefulSet, statefulSet.getSpec().getSelector().getMatchLabels());
        return fleet.make(statefulSet.getSpec().getReplicas());
    }

    /**
     * The pods of a Deployment as another project's controller makes it.
     *
     * @param labels of its pods
     * @param port the one that they answer on
     */
    public Fleet deployment(String name, Map<String, String> labels, int port) {
        Fleet fleet = new Fleet(this, Deployments.ofOthers(name, labels, port), labels, port);
        fleets.add(fleet);
        return fleet.make(1);
    }

    /** The pods of a Deployment of this name, which somebody else makes, with the label {@code app} of its name. */
    public Fleet deploymentOfOthers(String name) {
        return of(Deployments.named(name), Map.of("app", name));
    }

    private Fleet of(HasMetadata workload, Map<String, String> labels) {
        Fleet fleet = new Fleet(this, workload, labels);
        fleets.add(fleet);
        return fleet;
    }

    /** The product as {@code k8s/base} deploys it, with this many replicas, all of them ready. */
    public Scaler scaler(int replicas) {
        return scaler(replicas, Map.of());
    }

    /** The same with settings, given as environment variables of its container. */
    public Scaler scaler(int replicas, Map<String, String> settings) {
        return begun(new Scaler(this, replicas, settings), replicas);
    }

    /**
     * One more scaler beside that, which takes the triggers with its {@link Scaler#address} as {@code scalerAddress}.
     *
     * @param prefix of its name
     */
    public Scaler secondInstance(String prefix, int replicas) {
        return begun(Scaler.secondInstance(this, prefix, replicas), replicas);
    }

    private Scaler begun(Scaler scaler, int replicas) {
        scalers.add(scaler);
        scaler.expectReady(replicas, SOON);
        // KEDA (seen with 2.20.2) leaves a trigger out of a formula whose scaler it could not resolve at first
        if (cluster().isOwn()) {
            expect("the cluster's DNS lists the scaler", SOON, () -> resolves(scaler.host()));
        }
        return scaler;
    }

    private static boolean resolves(String host) {
        try {
            return InetAddress.getAllByName(host).length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** A gateway in front of the fleets; nothing waits in it yet. */
    public Gateway gateway() {
        return new Gateway(this);
    }

    /** GPUs for the fleets, and an exporter of them on each node. */
    public Gpus gpus() {
        return new Gpus(this);
    }

    /** The cluster's Prometheus; it scrapes the fleets that are made from here on. The story is skipped where there is none. */
    public Prometheus prometheus() {
        scraped = true;
        return Prometheus.ofThisMachine();
    }

    boolean isScraped() {
        return scraped;
    }

    /** A ScaledObject for this fleet, to be completed and applied. */
    public ScaledObject scaledObject(Fleet fleet) {
        return new ScaledObject(this, fleet.name());
    }

    /** The replicas that each fleet's Deployment wants, by its name. */
    public Map<String, Integer> replicas() {
        return client.apps().deployments().inNamespace(namespace).list().getItems().stream()
                .collect(Collectors.toMap(
                        deployment -> deployment.getMetadata().getName(),
                        deployment -> deployment.getSpec().getReplicas()));
    }

    /** What each HPA desires, by the name of its ScaledObject; 0 where it has not decided anything. */
    public Map<String, Integer> hpasDesire() {
        return client.autoscaling().v2().horizontalPodAutoscalers().inNamespace(namespace).list().getItems().stream()
                .collect(Collectors.toMap(
                        hpa -> hpa.getSpec().getScaleTargetRef().getName(),
                        hpa -> hpa.getStatus() == null || hpa.getStatus().getDesiredReplicas() == null
                                ? 0
                                : hpa.getStatus().getDesiredReplicas()));
    }

    /** The HPA of this name, whoever made it. */
    public HorizontalPodAutoscaler hpa(String name) {
        return client.autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** Hands on a value of a ConfigMap, once it is there and at each change, as a kubelet brings it into the pods. */
    public void followConfigMap(String name, String key, Consumer<String> pods) {
        String[] last = {""};
        every(Duration.ofMillis(500), () -> {
            ConfigMap now =
                    client.configMaps().inNamespace(namespace).withName(name).get();
            if (now != null && !now.getData().get(key).equals(last[0])) {
                last[0] = now.getData().get(key);
                pods.accept(last[0]);
            }
        });
    }

    /** Fails where this does not become true in time. */
    public void expect(String what, Duration within, BooleanSupplier expected) {
        Waiting.until(what, within, expected::getAsBoolean, seen -> seen);
        say(what);
    }

    /** Fails at the first moment at which this is not true. */
    public void throughout(String what, Duration span, BooleanSupplier expected) {
        throughout(what, span, Waiting.LOOK_EVERY, expected);
    }

    /** The same, looked at less often where a look costs the cluster much. */
    public void throughout(String what, Duration span, Duration lookEvery, BooleanSupplier expected) {
        Waiting.throughout(what, span, lookEvery, expected::getAsBoolean, seen -> seen);
        say(what + " for " + span.toSeconds() + " s");
    }

    /** What a trigger gives as {@code scalerAddress}, without the port. */
    public String scalerHost() {
        return Scaler.host(this);
    }

    /** Writes a file beside the stories' folders, which stays. */
    public void report(String file, String text) {
        try {
            Files.writeString(folder.resolveSibling(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says as a kubelet whether a pod is ready. */
    void reportReadiness(Pod pod, boolean ready) {
        String status = ready ? "True" : "False";
        String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        """
                        {"status": {"conditions": [
                          {"type": "Ready", "status": "%1$s", "lastTransitionTime": "%2$s"},
                          {"type": "ContainersReady", "status": "%1$s", "lastTransitionTime": "%2$s"}]}}
                        """
                                .formatted(status, since));
    }

    /** Makes these objects, in YAML; they go with the story. */
    public void apply(String yaml) {
        for (HasMetadata resource : client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()) {
            if (!isOfTheCluster(resource) && resource.getMetadata().getNamespace() == null) {
                resource.getMetadata().setNamespace(namespace);
            }
            make(resource);
        }
    }

    /** Makes this object; it goes with the story. */
    void make(HasMetadata resource) {
        client.resource(resource).serverSideApply();
        atEnd(() -> client.resource(resource).delete());
    }

    /** The overlay scale-down for this story's scaler, in its namespace of fleets. */
    public void applyScaleDown() {
        Path overlay = Path.of(Cluster.setting("e2e.manifests")).resolveSibling("overlays").resolve("scale-down");
        String itsNamespace = scalerHost().split("\\.")[1];
        try (Stream<Path> files = Files.list(overlay)) {
            for (Path file :
                    files.filter(f -> !f.endsWith("kustomization.yaml")).sorted().toList()) {
                apply(Files.readString(file)
                        .replace("keda-nim-scaler-scale-down", "scale-down-" + namespace)
                        .replace("serviceaccount:keda-nim-scaler:", "serviceaccount:" + itsNamespace + ":")
                        .replace("namespace: keda-nim-scaler", "namespace: " + itsNamespace));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.namespaces()
                .withName(namespace)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"labels\": {\"nim-scaler/scale-down\": \"idlest\"}}}");
    }

    /** An overlay of k8s/ that consists of objects alone. */
    public void applyOverlay(String name) {
        Path overlay = Path.of(Cluster.setting("e2e.manifests")).resolveSibling("overlays").resolve(name);
        try (Stream<Path> files = Files.list(overlay)) {
            for (Path file :
                    files.filter(f -> !f.endsWith("kustomization.yaml")).sorted().toList()) {
                apply(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of k8s/examples, in this story's namespace and with its scaler. */
    public void applyExample(String name) {
        Path example = Path.of(Cluster.setting("e2e.manifests")).resolveSibling("examples").resolve(name);
        try {
            apply(Files.readString(example)
                    .replace("namespace: nim\n", "namespace: " + namespace + "\n")
                    .replace("keda-nim-scaler.keda-nim-scaler:9090", Scaler.address(this)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOfTheCluster(HasMetadata resource) {
        return resource.getKind().startsWith("ValidatingAdmissionPolicy");
    }

    /** A file of the story's own, such as a certificate. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    public Cluster cluster() {
        return Cluster.shared();
    }

    /** A line in the story's log. */
    public void say(String what) {
        write("story.log", LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + what + "\n");
    }

    public String namespace() {
        return namespace;
    }

    String scalerNamespace() {
        return namespace + "-scaler";
    }

    Path folder() {
        return folder;
    }

    void makeNamespace(String name) {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        atEnd(() -> client.namespaces().withName(name).delete());
    }

    void atEnd(Runnable action) {
        atEnd.push(action);
    }

    void every(Duration interval, Runnable action) {
        background.scheduleWithFixedDelay(
                () -> {
                    try {
                        action.run();
                    } catch (RuntimeException e) {
                        // The cluster may be away on purpose; what matters fails in the story itself
                        write("background.log", LocalTime.now() + " " + e + "\n");
                    }
                },
                0,
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    void end(Throwable failure) {
        if (failure != null) {
            say("FAILED: " + failure);
            Evidence.gather(this, fleets, scalers, kedaLogBegan);
            System.out.println(title + " failed, see " + folder);
        }
        background.shutdownNow();
        for (Runnable action : atEnd) {
            try {
                action.run();
            } catch (RuntimeException e) {
                write("background.log", "at the end: " + e + "\n");
            }
        }
        if (failure == null && !Boolean.getBoolean("e2e.keep")) {
            try {
                delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void write(String file, String text) {
        try {
            Files.writeString(
                    folder.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
