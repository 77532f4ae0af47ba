package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.policy.Scale;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server may say to a read of {@code /scale}. */
class ScaleReadingTest {

    private static final ScaleTarget TARGET = new ScaleTarget("ns", "apps", "v1", "deployments", "llm");

    private HttpServer server;
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        client = Clients.of("http://127.0.0.1:" + server.getAddress().getPort(), Clients::impatient);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private void answers(int status, String body) {
        server.createContext("/apis/apps/v1/namespaces/ns/deployments/llm/scale", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../other/deployments/x",
                "x/../y",
                "..",
                ".",
                "",
                "x?watch=true",
                "x#",
                "x%2f..",
                "a b",
                "x\r\ny",
                "X",
                "a..b",
                "-a",
                "a/scale"
            })
    void nameThatWouldBeAnotherPathIsNotAsked(String name) {
        List<String> asked = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            exchange.close();
        });
        assertThat(ScaleReading.of(client, new ScaleTarget("ns", "apps", "v1", "deployments", name)))
                .isInstanceOf(ScaleReading.Unusable.class);
        assertThat(ScaleReading.of(client, new ScaleTarget("ns", "apps", "v1", name, "llm")))
                .isInstanceOf(ScaleReading.Unusable.class);
        assertThat(asked).isEmpty();
    }

    private static String status(int code, String reason) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"" + reason
                + "\",\"code\":" + code + "}";
    }

    @Test
    void replicasAndSelectorAreRead() {
        answers(
                200,
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"spec\":{\"replicas\":4},\"status\":{\"replicas\":5,\"selector\":\"app=llm\"}}");
        assertThat(ScaleReading.of(client, TARGET)).isEqualTo(new ScaleReading.Read(new Scale(4, 5), "app=llm"));
    }

    @Test
    void replicasThatAreZeroAndThereforeLeftOutAreZero() {
        answers(
                200,
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"spec\":{},\"status\":{\"replicas\":0,\"selector\":\"app=llm\"}}");
        assertThat(ScaleReading.of(client, TARGET)).isEqualTo(new ScaleReading.Read(new Scale(0, 0), "app=llm"));
    }

    @ParameterizedTest
    @CsvSource({"403, Forbidden, not allowed to get /scale", "404, NotFound, no such scale target"})
    void refusalIsTheApiServersWord(int code, String reason, String text) {
        answers(code, status(code, reason));
        assertThat(ScaleReading.of(client, TARGET))
                .isInstanceOfSatisfying(
                        ScaleReading.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith(text));
    }

    @ParameterizedTest
    @CsvSource({"500, InternalError", "503, ServiceUnavailable", "429, TooManyRequests"})
    void troubleOfTheApiServerIsNoAnswer(int code, String reason) {
        answers(code, status(code, reason));
        assertThat(ScaleReading.of(client, TARGET)).isInstanceOf(ScaleReading.NoAnswer.class);
    }

    @Test
    void selectorOfAnyLengthIsNotAsked() {
        answers(
                200,
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"status\":{\"replicas\":1,\"selector\":\"app="
                        + "x".repeat(100_000) + "\"}}");
        assertThat(ScaleReading.of(client, TARGET))
                .isEqualTo(
                        new ScaleReading.Unusable(
                                "/scale of deployments.apps ns/llm: expected a selector of at most 4096 characters, got 100004"));
    }

    @Test
    void apiServerThatIsAwayIsNoAnswer() {
        server.stop(0);
        assertThat(ScaleReading.of(client, TARGET)).isInstanceOf(ScaleReading.NoAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "apps, v1, deployments, statefulsets, StatefulSet",
        "apps, v1, statefulsets, deployments, Deployment",
        "leaderworkerset.x-k8s.io, v1, leaderworkersets, deployments, Deployment"
    })
    void anotherKindOfThatNameIsNamed(String group, String version, String resource, String there, String kind) {
        server.createContext("/apis/apps/v1/namespaces/ns/" + there + "/llm/scale", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        ScaleTarget target = new ScaleTarget("ns", group, version, resource, "llm");
        assertThat(ScaleReading.of(client, target))
                .isEqualTo(new ScaleReading.Refused("no such scale target: " + target + "; there is a " + kind
                        + " of that name: set scaleTargetRef.kind"));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 500})
    void whatIsNotSeenToBeThereIsNotNamed(int status) {
        server.createContext("/apis/apps/v1/namespaces/ns/statefulsets", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        assertThat(ScaleReading.of(client, TARGET))
                .isEqualTo(new ScaleReading.Refused("no such scale target: " + TARGET));
    }
}
