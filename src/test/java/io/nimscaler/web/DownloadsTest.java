package io.nimscaler.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServerResponse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many ask for large answers, a few are written. */
class DownloadsTest {

    private final Downloads downloads = new Downloads();
    private final ConcurrentLinkedQueue<HttpServerResponse> written = new ConcurrentLinkedQueue<>();
    private SocketClients sockets;

    @BeforeEach
    void listen() throws Exception {
        sockets = new SocketClients(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            if (downloads.enter(request)) {
                written.add(response);
                response.write("[");
            } else {
                response.setStatusCode(503).end();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        sockets.close();
    }

    private String ask() throws Exception {
        InputStream answer = sockets.ask().getInputStream();
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
        sockets.leaves(1);
        askUntilOneIsWritten();
    }
}
