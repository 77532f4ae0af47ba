package io.nimscaler.app;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Two pods of the ScaledObject default/llm that serve a real body of NIM 1.x over HTTP: 0.3845 each. */
public final class NimPods implements QuarkusTestResourceLifecycleManager {

    private final HttpServer server = newServer();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        server.createContext("/metrics", exchange -> {
            try (var body = NimPods.class.getResourceAsStream("/exposition/nim-1.x.prom");
                    exchange) {
                byte[] bytes = body == null ? "".getBytes(StandardCharsets.UTF_8) : body.readAllBytes();
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        int port = server.getAddress().getPort();
        String target = "nim-scaler.static-targets.llm.";
        return Map.of(
                target + "addresses", "127.0.0.1:" + port + ",127.0.0.2:" + port,
                target + "metadata.targetValue", "0.70",
                target + "metadata.port", "metrics");
    }

    @Override
    public void stop() {
        server.stop(0);
    }
}
