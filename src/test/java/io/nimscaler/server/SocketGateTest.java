package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets that say nothing, to a server as the scaler's two are: whoever has many keeps nobody out. */
class SocketGateTest {

    private static final String ASK = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    private static final String ASK_FOR_MUCH = "GET /much HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    /** More than the buffers of both kernels hold. */
    private static final int MUCH = 16_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger closed = new AtomicInteger();
    private final List<Socket> sockets = new ArrayList<>();
    private int port;

    @BeforeAll
    static void switchOn() {
        // As Main does; what runs all tests does so before any of them has a socket
        System.setProperty(SocketGate.SWITCH, SocketGate.ON);
    }

    @BeforeEach
    void listen() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    if (request.path().equals("/much")) {
                        request.connection().closeHandler(_ -> closed.incrementAndGet());
                        request.response().end(Buffer.buffer(new byte[MUCH]));
                    } else {
                        request.response().end("here");
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        port = server.actualPort();
    }

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8_192);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        sockets.add(socket);
        return socket;
    }

    private static void answers(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(ASK.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes(12);
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        socket.getInputStream().skipNBytes(socket.getInputStream().available());
    }

    private static boolean isClosed(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        }
    }

    @Test
    void nettyFindsIt() {
        assertThat(ServiceLoader.load(ChannelInitializerExtension.class)).hasAtLeastOneElementOfType(SocketGate.class);
    }

    @Test
    void silentSocketsOfOneAddressAreBoundedAndKeepNobodyOut() throws Exception {
        Socket kedas = connect("127.0.0.1");
        answers(kedas);
        for (int i = 0; i < SocketGate.MOST + 200; i++) {
            connect("127.0.0.2");
        }
        List<Socket> silent = sockets.subList(1, sockets.size());
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            for (Socket first : silent.subList(0, 200)) {
                assertThat(isClosed(first)).isTrue();
            }
        });
        assertThat(isClosed(silent.getLast())).isFalse();
        answers(kedas);
        answers(connect("127.0.0.3"));
        answers(connect("127.0.0.2"));
    }

    @Test
    void socketsThatDoNotReadAreFewAndKeepNobodyOut() throws Exception {
        Socket kedas = connect("127.0.0.1");
        answers(kedas);
        for (int i = 0; i < SocketGate.MOST_UNREAD + 10; i++) {
            connect("127.0.0.2").getOutputStream().write(ASK_FOR_MUCH.getBytes(StandardCharsets.US_ASCII));
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(closed.get()).isEqualTo(10));
        answers(kedas);
        answers(connect("127.0.0.2"));
    }

    @Test
    void whoReadsSlowlyIsNotCounted() throws Exception {
        for (int i = 0; i < 2 * SocketGate.MOST_UNREAD; i++) {
            Socket slow = connect("127.0.0.2");
            slow.getOutputStream().write(ASK_FOR_MUCH.getBytes(StandardCharsets.US_ASCII));
            slow.getInputStream().skipNBytes(MUCH);
        }
        assertThat(closed.get()).isZero();
    }

    /** Where an address stands for many, as that of a node may: who asks stays before who is silent. */
    @Test
    void ofOneAddressTheSilentGoFirst() throws Exception {
        Socket kedas = connect("127.0.0.2");
        for (int i = 0; i < SocketGate.MOST - 1; i++) {
            connect("127.0.0.2");
        }
        answers(kedas);
        for (int i = 0; i < 500; i++) {
            connect("127.0.0.2");
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(isClosed(sockets.get(1))).isTrue());
        answers(kedas);
    }
}
