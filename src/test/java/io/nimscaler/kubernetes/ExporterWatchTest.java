package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.poll.GpuExporter;
import io.nimscaler.poll.GpuExporters.OnNode;
import io.nimscaler.trigger.Scheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exporters' pods as an API server lists them. */
class ExporterWatchTest {

    private static final String POD = """
            {"metadata": {"name": "%1$s", "namespace": "gpu-operator", "uid": "uid-%1$s"},
             "spec": {"nodeName": "%2$s", "hostNetwork": true},
             "status": {"phase": "Running", "podIP": "%3$s", "hostIP": "%3$s",
                        "conditions": [{"type": "Ready", "status": "%4$s"}]}}""";

    private final Queue<String> queries = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private KubernetesClient client;
    private ExporterWatch watch;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        client = Clients.of(server);
        watch = new ExporterWatch(
                client,
                new ExporterWatch.Where(
                        "gpu-operator",
                        "app=nvidia-dcgm-exporter",
                        Scheme.HTTP,
                        9400,
                        "/metrics",
                        Optional.empty(),
                        new Confinement(true, false)),
                Duration.ofSeconds(30),
                () -> Instant.parse("2026-01-01T00:00:00Z"));
    }

    @AfterEach
    void stop() {
        watch.close();
        client.close();
        server.stop(0);
    }

    private void has(String... pods) {
        byte[] list =
                ("{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}, \"items\": ["
                                + String.join(",", pods) + "]}")
                        .getBytes(StandardCharsets.UTF_8);
        server.createContext("/api/v1/namespaces/gpu-operator/pods", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            queries.add(query);
            if (query.contains("watch=true")) {
                return; // nothing ever changes
            }
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
            exchange.close();
        });
        watch.start();
    }

    private static String pod(String name, String node, String address, String ready) {
        return POD.formatted(name, node, address, ready);
    }

    private static OnNode exporter(String name, String address) {
        return new OnNode.Exporter(new GpuExporter(
                "uid-" + name, "gpu-operator", name, Scheme.HTTP, address, 9400, "/metrics", Optional.empty()));
    }

    @Test
    void exporterOfANodeIsTheReadyPodThere() {
        // When
        has(
                pod("one", "a", "10.1.0.1", "True"),
                pod("going", "b", "10.1.0.2", "False"),
                pod("coming", "b", "10.1.0.3", "True"),
                pod("without", "c", "", "False"),
                pod("local", "d", "127.0.0.1", "True"));

        // Then: those of the node's network, too, for the operator named them
        await().untilAsserted(() -> assertThat(watch.on("a")).isEqualTo(exporter("one", "10.1.0.1")));
        assertThat(watch.on("b")).isEqualTo(exporter("coming", "10.1.0.3"));
        for (String node : List.of("c", "d", "e")) {
            assertThat(watch.on(node)).isInstanceOf(OnNode.None.class);
        }
        assertThat(queries).allMatch(query -> query.contains("labelSelector=app=nvidia-dcgm-exporter"));
    }

    @Test
    void whatWasNotSeenYetIsNotKnown() {
        assertThat(watch.on("a")).isInstanceOf(OnNode.None.class);
    }
}
