package io.nimscaler.e2e;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The process that answers on the addresses of a fleet's pods, as inference servers do. It is told what to answer over HTTP. */
final class Nimfleet {

    /** A body of vLLM. */
    static final String VLLM = "vllm-0.32.0-idle";

    private static final String NIM = "nim-1.x";
    private static final int MOST_ATTEMPTS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int control = freePort();
    private final Background process;

    /**
     * @param port of the pods
     */
    Nimfleet(Path log, int port) {
        this.process = Background.start(
                log,
                Map.of(),
                Cluster.program("nimfleet").toString(),
                "-pods",
                "-port",
                Integer.toString(port),
                "-sample",
                sample(NIM),
                "-sample",
                sample(VLLM),
                "-ctl",
                "127.0.0.1:" + control);
    }

    void kill() {
        process.kill();
    }

    /** What it answers; while it starts this waits for it. */
    String tell(String path) {
        return tell(path, "");
    }

    /** The same, with a body. */
    String tell(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + path))
                .timeout(Duration.ofSeconds(5))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        for (int attempt = 0; ; attempt++) {
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                // 409: another fleet has not given up the address yet
                if (response.statusCode() != 200 && response.statusCode() != 409) {
                    throw new IllegalStateException("nimfleet " + path + ": " + response.body());
                }
                return response.body();
            } catch (IOException e) {
                if (attempt == MOST_ATTEMPTS || !process.isAlive()) {
                    throw new IllegalStateException("nimfleet does not answer", e);
                }
                Waiting.pause(Duration.ofMillis(100));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static String sample(String sample) {
        return Path.of(Cluster.setting("e2e.samples"), sample + ".prom").toString();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port", e);
        }
    }
}
