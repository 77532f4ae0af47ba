package io.nimscaler.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** What may stand between a browser and the scaler: a path prefix, no events, other names, nothing at all. */
final class Proxy implements AutoCloseable {

    private final String prefix;
    private final int upstream;
    private final UnaryOperator<String> rewrite;
    private final boolean events;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    /**
     * @param prefix of the path, with a slash at both ends
     * @param rewrite of JSON
     * @param events whether they come through
     */
    Proxy(String prefix, int upstream, UnaryOperator<String> rewrite, boolean events) throws IOException {
        this.prefix = prefix;
        this.upstream = upstream;
        this.rewrite = rewrite;
        this.events = events;
        this.server = listen(0);
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer listening = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        listening.setExecutor(threads);
        listening.createContext(prefix, this::forward);
        listening.start();
        return listening;
    }

    String url(String rest) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + prefix + rest;
    }

    /** Nobody answers any more. */
    void goAway() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** At the same address again. */
    void comeBack() throws IOException {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server = listen(server.getAddress().getPort());
    }

    private void forward(HttpExchange exchange) throws IOException {
        String rest = exchange.getRequestURI().toString().substring(prefix.length());
        try (exchange) {
            if (rest.startsWith("api/events") && !events) {
                exchange.sendResponseHeaders(502, -1);
                return;
            }
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstream + "/" + rest));
            if (exchange.getRequestMethod().equals("POST")) {
                request.header("content-type", exchange.getRequestHeaders().getFirst("content-type"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            response.headers().map().forEach((name, values) -> {
                if (!name.equals("content-length") && !name.equals("transfer-encoding")) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            boolean json = response.headers()
                    .firstValue("content-type")
                    .filter(type -> type.startsWith("application/json"))
                    .isPresent();
            exchange.sendResponseHeaders(response.statusCode(), 0);
            copy(response.body(), exchange.getResponseBody(), json);
        } catch (InterruptedException goingAway) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(InputStream in, OutputStream out, boolean json) throws IOException {
        try (in) {
            if (json) {
                out.write(rewrite.apply(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
                return;
            }
            byte[] some = new byte[8192];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                out.write(some, 0, read);
                out.flush();
            }
        }
    }

    @Override
    public void close() {
        goAway();
        client.shutdownNow();
    }
}
