package io.nimscaler;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An answer over HTTP/2. Quarkus writes it with the lock of its connection, and asks meanwhile whether it is closed. For that Vert.x locks the
 * answer. Who looks at it from elsewhere and takes the two locks the other way round waits for ever, and so does the writer.
 */
public final class AnswerBeingWritten implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final CompletableFuture<HttpServerRequest> asked = new CompletableFuture<>();

    public AnswerBeingWritten() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(asked::complete)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        vertx.createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false))
                .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
                .onSuccess(request -> request.send());
    }

    public HttpServerRequest request() throws Exception {
        return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Somebody looks at it while it is written.
     *
     * @return done when both are
     */
    public CompletableFuture<Void> isLookedAtBy(Consumer<HttpServerRequest> look) throws Exception {
        HttpServerRequest request = request();
        CompletableFuture<Void> looked = new CompletableFuture<>();
        CompletableFuture<Void> written = new CompletableFuture<>();
        Thread looker = Thread.ofPlatform().daemon().unstarted(() -> {
            look.accept(request);
            looked.complete(null);
        });
        Thread.ofPlatform().daemon().start(() -> {
            synchronized (request.connection()) {
                looker.start();
                await().atMost(PATIENCE).until(() -> looked.isDone() || looker.getState() == Thread.State.BLOCKED);
                request.response().closed();
            }
            written.complete(null);
        });
        return CompletableFuture.allOf(looked, written);
    }

    @Override
    public void close() {
        vertx.close();
    }
}
