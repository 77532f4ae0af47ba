package io.nimscaler.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who watches costs a bounded amount, however slow it is. */
class EventClientsTest {

    private static final Buffer EVENT = Buffer.buffer(new byte[1 << 20]);

    private final EventClients clients = new EventClients();
    private final AtomicInteger refused = new AtomicInteger();
    private SocketClients sockets;

    @BeforeEach
    void listen() throws Exception {
        sockets = new SocketClients(request -> {
            HttpServerResponse response = request.response();
            if (clients.add(response, Optional.empty())) {
                response.write("hello");
            } else {
                refused.incrementAndGet();
                response.setStatusCode(503).end();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        sockets.close();
    }

    private Socket watch() throws Exception {
        return sockets.ask();
    }

    private static void until(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
    }

    @Test
    void thereAreOnlySoManyAndAPlaceIsFreeWhenOneLeaves() throws Exception {
        for (int i = 0; i < EventClients.MAX; i++) {
            watch();
        }
        until(() -> assertThat(clients.size()).isEqualTo(EventClients.MAX));
        watch();
        until(() -> assertThat(refused).hasValue(1));
        sockets.leaves(0);
        until(() -> assertThat(clients.size()).isEqualTo(EventClients.MAX - 1));
    }

    @Test
    void oneThatReadsNothingIsCutOffAndCostsTheOthersNothing() throws Exception {
        watch();
        InputStream read = watch().getInputStream();
        until(() -> assertThat(clients.size()).isEqualTo(2));
        AtomicInteger written = new AtomicInteger();
        until(() -> {
            clients.send(_ -> {
                written.incrementAndGet();
                return EVENT;
            });
            for (int i = read.available(); i > 0; i = read.available()) {
                read.skipNBytes(i);
            }
            assertThat(clients.size()).isEqualTo(1);
        });
        int before = written.get();
        until(() -> {
            for (int i = read.available(); i > 0; i = read.available()) {
                read.skipNBytes(i);
            }
            clients.send(_ -> {
                written.incrementAndGet();
                return EVENT;
            });
            assertThat(written.get()).isGreaterThan(before);
        });
    }

    @Test
    void endOfTheProcessEndsEachAtOnceAndNobodyElseComesIn() throws Exception {
        InputStream stream = watch().getInputStream();
        until(() -> assertThat(clients.size()).isEqualTo(1));
        clients.close();
        assertThat(new String(readToTheEnd(stream), StandardCharsets.US_ASCII)).endsWith("\r\n0\r\n\r\n");
        watch();
        until(() -> assertThat(refused).hasValue(1));
    }

    /** Of a chunked body; the connection stays open. */
    private static byte[] readToTheEnd(InputStream in) throws Exception {
        var all = new java.io.ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.US_ASCII).endsWith("\r\n0\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            all.write(next);
        }
        return all.toByteArray();
    }
}
