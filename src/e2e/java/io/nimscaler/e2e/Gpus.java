package io.nimscaler.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A DCGM exporter on each node, in a namespace of its own: it says how much the GPUs of the pods there are in use, two for each pod of
 * the story, and one that nobody has.
 */
public final class Gpus {

    private static final String NAME = "nvidia-dcgm-exporter";
    private static final String GPU_UTILIZATION = "DCGM_FI_DEV_GPU_UTIL";
    private static final int PORT = 9400;

    /** DCGM_INT64_BLANK. */
    private static final String BLANK = "9223372036854775792";

    private record Exporter(String node, HttpServer server, AtomicInteger asked) {}

    private final Story story;
    private final String namespace;
    private final SharedIndexInformer<Pod> exporters;
    private final SharedIndexInformer<Pod> pods;
    private final Map<String, Exporter> listening = new ConcurrentHashMap<>();
    private volatile double work;
    private volatile boolean blank;
    private volatile boolean failing;

    Gpus(Story story) {
        this.story = story;
        this.namespace = story.namespace() + "-gpus";
        KubernetesClient client = Cluster.shared().client();
        story.makeNamespace(namespace);
        story.make(new DaemonSetBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", NAME)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", NAME)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName(NAME)
                .withImage(NAME)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
        exporters = client.pods().inNamespace(namespace).withLabel("app", NAME).inform();
        pods = client.pods().inNamespace(story.namespace()).inform();
        story.atEnd(() -> listening.values().forEach(exporter -> exporter.server().stop(0)));
        story.atEnd(exporters::close);
        story.atEnd(pods::close);
        story.every(Duration.ofMillis(250), this::listen);
    }

    /** What makes them the exporters of a scaler: environment variables of its container. */
    public Map<String, String> asSettings() {
        return Map.of("NIM_SCALER_GPU_EXPORTERS_NAMESPACE", namespace);
    }

    /** So many replicas' GPUs full of work, spread over the ready pods of the story: more pods, idler GPUs. */
    public void work(double replicasFull) {
        story.say("GPUs of " + replicasFull + " replicas full of work");
        work = replicasFull;
    }

    /** DCGM has no value of any GPU. */
    public void areBlank() {
        story.say("DCGM has no values");
        blank = true;
    }

    /** No exporter answers but with 500. */
    public void fail() {
        story.say("DCGM exporters fail");
        failing = true;
    }

    /** They say what is. */
    public void recover() {
        story.say("DCGM exporters say what is");
        blank = false;
        failing = false;
    }

    public void countAgain() {
        listening.values().forEach(exporter -> exporter.asked().set(0));
    }

    /** How often each exporter was asked that has pods of the story on its node. */
    public Collection<Integer> asked() {
        return listening.values().stream()
                .filter(exporter -> podsOn(exporter.node()).findAny().isPresent())
                .map(exporter -> exporter.asked().get())
                .toList();
    }

    private void listen() {
        for (Pod pod : exporters.getStore().list()) {
            String address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
            if (address != null) {
                listening.computeIfAbsent(address, host -> serve(host, pod.getSpec().getNodeName()));
            }
        }
    }

    private Exporter serve(String host, String node) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(host, PORT), 0);
            Exporter exporter = new Exporter(node, server, new AtomicInteger());
            server.createContext("/metrics", exchange -> answer(exporter, exchange));
            server.start();
            return exporter;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Exporter exporter, HttpExchange exchange) throws IOException {
        exporter.asked().incrementAndGet();
        byte[] body = body(exporter.node()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(failing ? 500 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** As its template has it (https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/rendermetrics/render_metrics.go). */
    private String body(String node) {
        List<Pod> ready = pods.getStore().list().stream().filter(Fleet::isReady).toList();
        double share = ready.isEmpty() ? 0 : Math.min(1, work / ready.size());
        String percent = blank ? BLANK : String.valueOf(Math.round(100 * share));
        return podsOn(node)
                .flatMap(pod -> Stream.of(0, 1).map(gpu -> "%s{gpu=\"%d\",UUID=\"GPU-%s-%d\",container=\"nim\",namespace=\"%s\",pod=\"%s\"} %s\n"
                        .formatted(
                                GPU_UTILIZATION,
                                gpu,
                                pod.getMetadata().getUid(),
                                gpu,
                                story.namespace(),
                                pod.getMetadata().getName(),
                                ready.contains(pod) ? percent : "0")))
                .collect(Collectors.joining(
                        "",
                        "# HELP " + GPU_UTILIZATION + " GPU utilization (in %).\n# TYPE " + GPU_UTILIZATION + " gauge\n",
                        GPU_UTILIZATION + "{gpu=\"7\",UUID=\"GPU-of-nobody\"} 0\n"));
    }

    private Stream<Pod> podsOn(String node) {
        return pods.getStore().list().stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()) && pod.getStatus() != null);
    }
}
