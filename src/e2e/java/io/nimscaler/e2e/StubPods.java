package io.nimscaler.e2e;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Pods on loopback addresses: good ones, and those that say as much as they may. */
final class StubPods implements AutoCloseable {

    static final int PORT = Victim.PORT + 10;
    static final int HOSTILE_PORT = PORT + 1;
    private static final int SERIES = 4_000;
    private static final int LABELS = 60;
    private static final String GOOD = "# TYPE vllm:kv_cache_usage_perc gauge\nvllm:kv_cache_usage_perc{model_name=\"llm\"} 0.6\n";

    private final List<HttpServer> servers = new ArrayList<>();

    /** @param good how many good ones, at {@link #addresses} */
    StubPods(int good) throws IOException {
        for (int pod = 1; pod <= good; pod++) {
            serve("127.0.0." + pod, PORT, GOOD);
        }
        String hostile = hostile();
        for (int pod = 1; pod <= 8; pod++) {
            serve("127.0.0." + pod, HOSTILE_PORT, hostile);
        }
    }

    /** 3.6 MB that are all within the reader's bounds for one line. */
    private static String hostile() {
        String labels = IntStream.range(0, LABELS).mapToObj(i -> "label_" + i + "=\"v\"").collect(Collectors.joining(","));
        return IntStream.range(0, SERIES)
                .mapToObj(i -> "vllm:kv_cache_usage_perc{series=\"" + i + "\"," + labels + "} 0.5\n")
                .collect(Collectors.joining());
    }

    static String addresses(int pods) {
        return IntStream.rangeClosed(1, pods).mapToObj(pod -> "127.0.0." + pod).collect(Collectors.joining(","));
    }

    private void serve(String address, int port, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        servers.add(server);
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
