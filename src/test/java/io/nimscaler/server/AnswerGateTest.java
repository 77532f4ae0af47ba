package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nimscaler.app.NimPods;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client over HTTP/2 that asks and asks, and lets nothing be sent. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class AnswerGateTest {

    private static final int ASKED = 500;

    @Inject
    Vertx vertx;

    @Inject
    AnswerGate gate;

    private final AtomicInteger refused = new AtomicInteger();
    private int port;
    private HttpClient takesNothing;
    private HttpClient other;

    @BeforeEach
    void connect() {
        port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        takesNothing = client("127.0.0.2", new Http2Settings().setInitialWindowSize(0));
        other = client("127.0.0.3", new Http2Settings());
    }

    private HttpClient client(String from, Http2Settings settings) {
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(ASKED)
                        .setInitialSettings(settings)
                        .setLocalAddress(from),
                new PoolOptions().setHttp2MaxSize(1));
    }

    /** Whoever is gone counts no more. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        takesNothing.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        other.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(gate.size()).isZero());
    }

    private int statusFor(HttpClient client, String path) throws Exception {
        return statusFor(client, port, path);
    }

    private static int statusFor(HttpClient client, int port, String path) throws Exception {
        return client.request(HttpMethod.GET, port, "127.0.0.1", path)
                .compose(HttpClientRequest::send)
                .compose(answer -> answer.body().map(answer.statusCode()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/scaled-objects",
                "/api/scaled-objects/default/llm",
                "/api/scaled-objects/default/llm/explain",
                "/page/plot.js"
            })
    void answersThatAreNotTakenAreFewAndKeepNobodyOut(String path) throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(statusFor(other, path)).isEqualTo(200));
        askAndReadNothing(ASKED, port, path);
        assertThat(statusFor(other, path)).isEqualTo(200);
        assertThat(statusFor(other, "/api/status")).isEqualTo(200);
    }

    /** Where the kubelet and Prometheus ask. */
    @ParameterizedTest
    @ValueSource(strings = {"/q/metrics", "/q/health/live"})
    void answersOfPort9000AreCountedToo(String path) throws Exception {
        int management = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        ask(100, management, path);
        // None is refused, so only the gate says how many are open
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(gate.size()).isEqualTo(AnswerGate.MOST));
        assertThat(statusFor(other, management, "/q/health/live")).isEqualTo(200);
        assertThat(statusFor(other, "/api/status")).isEqualTo(200);
        assertThat(gate.size()).isLessThanOrEqualTo(AnswerGate.MOST);
    }

    private void askAndReadNothing(int times, int port, String path) {
        ask(times, port, path);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(refused.get()).isEqualTo(times - AnswerGate.MOST));
        assertThat(gate.size()).isEqualTo(AnswerGate.MOST);
    }

    private void ask(int times, int port, String path) {
        // On one context, so that no reset comes before its handler is there
        vertx.getOrCreateContext().runOnContext(_ -> {
            for (int i = 0; i < times; i++) {
                takesNothing
                        .request(HttpMethod.GET, port, "127.0.0.1", path)
                        .compose(request -> request.exceptionHandler(_ -> {})
                                .send()
                                .onSuccess(answer -> {
                                    answer.exceptionHandler(_ -> refused.incrementAndGet());
                                    if (answer.statusCode() == 503) {
                                        refused.incrementAndGet();
                                    }
                                })
                                .onFailure(_ -> refused.incrementAndGet()));
            }
        });
    }

    @Test
    void whoTakesTheAnswersAsksAsOftenAsItLikes() throws Exception {
        for (int i = 0; i < 3 * AnswerGate.MOST; i++) {
            assertThat(statusFor(other, "/api/status")).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(gate.size()).isZero());
    }
}
