package io.nimscaler.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many ask for large answers, a few are written. */
class DownloadsTest {

    private final Vertx vertx = Vertx.vertx();
    private final Downloads downloads = new Downloads();
    private final ConcurrentLinkedQueue<HttpServerResponse> written = new ConcurrentLinkedQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        server = vertx.createHttpServer()
                .requestHandler(request -> {
                    HttpServerResponse response = request.response().setChunked(true);
                    if (downloads.enter(response)) {
                        written.add(response);
                        response.write("[");
                    } else {
                        response.setStatusCode(503).end();
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private String ask() throws Exception {
        Socket socket = new Socket("127.0.0.1", server.actualPort());
        sockets.add(socket);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream answer = socket.getInputStream();
        return new String(answer.readNBytes(12), StandardCharsets.US_ASCII).substring(9);
    }

    private void askUntilOneIsWritten() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ask()).isEqualTo("200"));
    }

    @Test
    void thereAreOnlySoManyAndAPlaceIsFreeWhenOneEndsOrItsClientGoes() throws Exception {
        for (int i = 0; i < Downloads.MOST; i++) {
            assertThat(ask()).isEqualTo("200");
        }
        assertThat(ask()).isEqualTo("503");
        written.remove().end("]");
        askUntilOneIsWritten();
        assertThat(ask()).isEqualTo("503");
        sockets.get(1).close();
        askUntilOneIsWritten();
    }
}
