package io.nimscaler.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * An API server for a whole scaler, which is away at first. A test tells it what to do by a GET of a path beneath its setting {@link
 * #CONTROL}.
 */
public final class ApiServerToWatch implements QuarkusTestResourceLifecycleManager {

    /** The setting that has the address to tell it what to do. */
    public static final String CONTROL = "test.api-server.control";

    private final FakeApiServer api = new FakeApiServer();
    private final HttpServer control = newServer();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        api.goesAway();
        api.scaledObject("targetVaule", "1");
        api.scale(2, 2, "app=llm");
        control.createContext("/", this::take);
        control.start();
        return Map.of(
                CONTROL,
                "http://127.0.0.1:" + control.getAddress().getPort(),
                "quarkus.kubernetes-client.api-server-url",
                api.url(),
                "nim-scaler.kubernetes.namespaces",
                "ns");
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/back" -> api.comesBack();
                case "/away" -> api.goesAway();
                case "/questionable" -> api.scaledObject("targetValue", "0.95");
                case "/deleted" -> api.scaledObjectIsGone();
                default -> throw new IOException("unknown order " + exchange.getRequestURI());
            }
            exchange.sendResponseHeaders(204, -1);
        }
    }

    @Override
    public void stop() {
        control.stop(0);
        api.close();
    }
}
