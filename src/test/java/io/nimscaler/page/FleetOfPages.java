package io.nimscaler.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fifty scale targets whose pods are really asked: one overloaded, one in part missing, one not answering, one of 200 pods, one with the trigger
 * of the README.
 */
public final class FleetOfPages implements QuarkusTestResourceLifecycleManager {

    static final int TARGETS = 50;
    private static final double[] BUSY = {0.92, 0.88, 0.95};
    private static final int ONE_OF_HALF = 4;

    /** Requests that run on the pods of the README's trigger, of 64 each; the last one answers 500. */
    private static final int[] RUNNING = {50, 47, 53};

    /** Carries much more than the others. */
    static final int ODD_OF_BIG = 7;

    private final HttpServer server = newServer();
    private final Map<String, String> settings = new HashMap<>();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", FleetOfPages::answer);
        server.start();
        target("busy", 3, Map.of());
        target("half", ONE_OF_HALF, Map.of());
        target("gone", 2, Map.of("unavailableAfter", "1s"));
        target("big", 200, Map.of());
        target("shadowed", 2, Map.of("shadow.targetValue", "0.25"));
        target("nim-llm", RUNNING.length + 1, Map.of("metric", "serving_load", "targetValue", "0.85"));
        for (int i = 7; i <= TARGETS; i++) {
            target(String.format(Locale.ROOT, "llm-%02d", i), 1, Map.of());
        }
        return settings;
    }

    private void target(String name, int pods, Map<String, String> metadata) {
        String prefix = "nim-scaler.static-targets." + name + ".";
        int port = server.getAddress().getPort();
        settings.put(
                prefix + "addresses",
                IntStream.rangeClosed(1, pods)
                        .mapToObj(i -> "127.0.0." + i + ":" + port)
                        .collect(Collectors.joining(",")));
        settings.put(prefix + "namespace", "nim");
        Map<String, String> all = new HashMap<>(Map.of(
                "targetValue", "0.70",
                "port", "metrics",
                "path", "/" + name,
                "pollInterval", "1s",
                "staleAfter", "2s"));
        all.putAll(metadata);
        all.forEach((key, value) -> settings.put(prefix + "metadata.\"" + key + "\"", value));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        int pod = exchange.getLocalAddress().getAddress().getAddress()[3] & 0xff;
        Optional<String> text = text(exchange.getRequestURI().getPath(), pod);
        try (exchange) {
            if (text.isEmpty()) {
                exchange.sendResponseHeaders(500, -1);
                return;
            }
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Empty: it fails. */
    private static Optional<String> text(String path, int pod) {
        if (path.equals("/nim-llm")) {
            return pod > RUNNING.length
                    ? Optional.empty()
                    : Optional.of("gpu_cache_usage_perc 0.6\nnum_requests_running " + RUNNING[pod - 1]
                            + "\nnum_requests_waiting 0\nnum_request_max 64\n");
        }
        OptionalDouble usage = usage(path, pod);
        return usage.isEmpty()
                ? Optional.empty()
                : Optional.of("gpu_cache_usage_perc{model_name=\"llm\"} " + usage.getAsDouble() + "\n");
    }

    private static OptionalDouble usage(String path, int pod) {
        return switch (path) {
            case "/busy" -> OptionalDouble.of(BUSY[pod - 1]);
            case "/half" -> pod == ONE_OF_HALF ? OptionalDouble.empty() : OptionalDouble.of(0.65);
            case "/gone" -> OptionalDouble.empty();
            case "/big" -> OptionalDouble.of(pod == ODD_OF_BIG ? 0.97 : 0.4 + 0.001 * pod);
            default -> OptionalDouble.of(0.5);
        };
    }

    @Override
    public void stop() {
        server.stop(0);
    }
}
