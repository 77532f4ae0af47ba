package io.nimscaler.scrape;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A pod that answers each request with whatever bytes a test wants, HTTP or not, and counts its connections. */
final class RawPod {

    /** What happens when a request has come. */
    @FunctionalInterface
    interface Script {

        /** @param nth which request of this connection it is, from 1 */
        void answer(NetSocket socket, int nth);
    }

    private final NetServer server;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private RawPod(NetServer server) {
        this.server = server;
    }

    static RawPod start(Vertx vertx, Script script) throws Exception {
        return start(vertx, "127.0.0.1", new NetServerOptions(), script);
    }

    static RawPod start(Vertx vertx, String host, NetServerOptions options, Script script) throws Exception {
        NetServer server = vertx.createNetServer(options);
        RawPod pod = new RawPod(server);
        server.connectHandler(socket -> pod.serve(socket, script));
        server.listen(0, host).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        return pod;
    }

    /** Answers the first bytes that come, HTTP or not, and closes. */
    static RawPod greeting(Vertx vertx, String answer) throws Exception {
        NetServer server = vertx.createNetServer();
        server.connectHandler(
                socket -> socket.exceptionHandler(_ -> {}).handler(_ -> socket.end(Buffer.buffer(answer))));
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        return new RawPod(server);
    }

    /** Always the same bytes. */
    static Script says(String answer) {
        return (socket, _) -> socket.write(answer);
    }

    /** The same, and then the end of the connection. */
    static Script saysAndCloses(String answer) {
        return (socket, _) -> socket.end(Buffer.buffer(answer));
    }

    /** A 200 with its length. */
    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    int port() {
        return server.actualPort();
    }

    int openConnections() {
        return open.get();
    }

    int acceptedConnections() {
        return accepted.get();
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    private void serve(NetSocket socket, Script script) {
        open.incrementAndGet();
        accepted.incrementAndGet();
        AtomicInteger nth = new AtomicInteger();
        StringBuilder head = new StringBuilder();
        socket.exceptionHandler(_ -> {});
        socket.closeHandler(_ -> open.decrementAndGet());
        socket.handler(bytes -> {
            head.append(bytes);
            if (head.indexOf("\r\n\r\n") >= 0) {
                requests.add(head.toString());
                head.setLength(0);
                script.answer(socket, nth.incrementAndGet());
            }
        });
    }
}
