package io.nimscaler.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.nimscaler.kubernetes.WebSocketServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An API server with many ScaledObjects, each with a Deployment of some pods on a loopback port of its own, and those pods. It ends all
 * watches at once, and goes away and comes back, as told. Of the JDK it takes sockets alone, so that it runs from the test classes.
 */
final class StubApiServer implements Closeable {

    static final int FIRST_POD_PORT = 20_000;

    /** One wanted gauge among others, as of an engine. */
    private static final String METRICS = "# TYPE vllm:kv_cache_usage_perc gauge\n"
            + "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"llm\"} 0.68\n"
            + "vllm:num_requests_running{engine=\"0\",model_name=\"llm\"} 12.0\n"
            + "vllm:num_requests_waiting{engine=\"0\",model_name=\"llm\"} 0.0\n";

    private final int number;
    private final int podsEach;
    private final ServerSocket server;
    private final List<ServerSocket> pods;
    private final Map<Socket, String> watches = new ConcurrentHashMap<>();
    private final Map<Socket, Boolean> connections = new ConcurrentHashMap<>();
    private final AtomicInteger scaleReads = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();
    private final AtomicLong version = new AtomicLong(1000);
    private volatile long forgottenUntil;
    private volatile boolean away;
    private volatile boolean scaleHangs;
    private final UnaryOperator<String> targets;

    StubApiServer(int number, int podsEach, int port) throws IOException {
        this(number, podsEach, port, UnaryOperator.identity());
    }

    /**
     * One whose ScaledObjects name other scale targets.
     *
     * @param targets from the ScaledObject's name
     */
    StubApiServer(int number, int podsEach, int port, UnaryOperator<String> targets) throws IOException {
        this.targets = targets;
        this.number = number;
        this.podsEach = podsEach;
        this.server = listen("127.0.0.1", port);
        this.pods = IntStream.range(0, number)
                .boxed()
                .flatMap(i -> IntStream.range(0, podsEach).mapToObj(which -> listen(address(which), FIRST_POD_PORT + i)))
                .toList();
        accept(server, this::serve);
        pods.forEach(pod -> accept(pod, StubApiServer::serveMetrics));
        Thread.ofVirtual().start(this::sendBookmarks);
    }

    /** As often as an API server does, and a little more often. */
    private void sendBookmarks() {
        try {
            while (!server.isClosed()) {
                Thread.sleep(40_000);
                watches.forEach(this::sendBookmark);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendBookmark(Socket watch, String target) {
        String kind = target.contains("/pods") ? "\"v1\",\"kind\":\"Pod\"" : "\"keda.sh/v1alpha1\",\"kind\":\"ScaledObject\"";
        try {
            watch.getOutputStream()
                    .write(WebSocketServer.textFrame("{\"type\":\"BOOKMARK\",\"object\":{\"apiVersion\":" + kind
                            + ",\"metadata\":{\"resourceVersion\":\"" + version.incrementAndGet()
                            + "\",\"annotations\":{\"padding\":\"" + "p".repeat(40) + "\"}}}}"));
        } catch (IOException gone) {
            watches.remove(watch);
        }
    }

    /** Of one of the pods of a Deployment. */
    private static String address(int which) {
        return "127.0." + which / 250 + "." + (1 + which % 250);
    }

    private static ServerSocket listen(String address, int port) {
        try {
            return new ServerSocket(port, 2000, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot listen on " + address + ":" + port, e);
        }
    }

    private interface Service {
        void serve(Socket socket) throws IOException;
    }

    private static void accept(ServerSocket server, Service service) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            service.serve(socket);
                        } catch (IOException gone) {
                            // The other side hung up
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    int watches() {
        return watches.size();
    }

    /** How often {@code /scale} was read since the last call. */
    int scaleReads() {
        return scaleReads.getAndSet(0);
    }

    /** How many lists were asked for since the last call. */
    int lists() {
        return lists.getAndSet(0);
    }

    /** All watches end, and what happened until now is forgotten. */
    void forgets() {
        forgottenUntil = version.addAndGet(1000);
        for (Socket watch : watches.keySet()) {
            try {
                watch.getOutputStream()
                        .write(WebSocketServer.textFrame("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                                + "\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410,\"message\":\"too old\"}}"));
                watch.close();
            } catch (IOException gone) {
                // It has ended already
            }
        }
        watches.clear();
    }

    /** All connections are cut, new ones too. */
    void goesAway() throws IOException {
        away = true;
        forgottenUntil = version.addAndGet(1000);
        for (Socket connection : connections.keySet()) {
            connection.close();
        }
        watches.clear();
    }

    /** Who asks for {@code /scale} gets no answer any more. */
    void scaleHangs() {
        scaleHangs = true;
    }

    void comesBack() {
        away = false;
    }

    private void serve(Socket socket) throws IOException {
        connections.put(socket, true);
        try {
            BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            while (!away) {
                String request = reader.readLine();
                if (request == null) {
                    return;
                }
                Map<String, String> headers = headers(reader);
                for (int left = Integer.parseInt(headers.getOrDefault("content-length", "0")); left > 0; left--) {
                    reader.read();
                }
                String target = request.split(" ")[1];
                if (headers.getOrDefault("upgrade", "").equalsIgnoreCase("websocket")) {
                    watch(socket, target, headers, reader);
                    return;
                }
                answer(socket.getOutputStream(), target);
            }
        } finally {
            connections.remove(socket);
            watches.remove(socket);
        }
    }

    private static Map<String, String> headers(BufferedReader reader) throws IOException {
        Map<String, String> headers = new ConcurrentHashMap<>();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(java.util.Locale.ROOT), line.substring(colon + 1).strip());
        }
        return headers;
    }

    private void watch(Socket socket, String target, Map<String, String> headers, BufferedReader reader)
            throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                        + WebSocketServer.accept(headers.getOrDefault("sec-websocket-key", "")) + "\r\n\r\n")
                .getBytes(US_ASCII));
        String since = target.replaceAll(".*resourceVersion=([0-9]+).*", "$1");
        if (Long.parseLong(since) < forgottenUntil) {
            out.write(WebSocketServer.textFrame("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                    + "\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410,\"message\":\"too old\"}}"));
            return;
        }
        watches.put(socket, target);
        while (reader.read() >= 0) {
            // All that a client says is that it closes
            if (away) {
                return;
            }
        }
    }

    private void answer(OutputStream out, String target) throws IOException {
        String path = target.replaceFirst("\\?.*", "");
        if (path.endsWith("/scale") && scaleHangs) {
            hang();
        } else if (path.endsWith("/scale")) {
            scaleReads.incrementAndGet();
            String name = path.split("/")[7];
            respond(
                    out,
                    200,
                    "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"" + name
                            + "\",\"namespace\":\"ns\"},\"spec\":{\"replicas\":" + podsEach + "},\"status\":{\"replicas\":"
                            + podsEach + ",\"selector\":\"app=" + name + "\"}}");
        } else if (path.endsWith("/pods")) {
            lists.incrementAndGet();
            String name = target.replaceAll(".*labelSelector=app(%3D|=)(so-[0-9]+).*", "$2");
            int of = Integer.parseInt(name.substring(3));
            respond(
                    out,
                    200,
                    list(
                            "v1",
                            "PodList",
                            IntStream.range(0, podsEach)
                                    .mapToObj(which -> pod(of, which))
                                    .collect(Collectors.joining(","))));
        } else if (path.endsWith("/scaledobjects")) {
            lists.incrementAndGet();
            respond(
                    out,
                    200,
                    list(
                            "keda.sh/v1alpha1",
                            "ScaledObjectList",
                            IntStream.range(0, number)
                                    .mapToObj(this::scaledObject)
                                    .collect(Collectors.joining(","))));
        } else {
            respond(out, 404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404}");
        }
    }

    private void hang() throws IOException {
        try {
            while (!server.isClosed()) {
                Thread.sleep(1_000);
            }
        } catch (InterruptedException end) {
            throw new IOException(end);
        }
    }

    private String list(String apiVersion, String kind, String items) {
        return "{\"apiVersion\":\"" + apiVersion + "\",\"kind\":\"" + kind + "\",\"metadata\":{\"resourceVersion\":\""
                + version.get() + "\"},\"items\":[" + items + "]}";
    }

    private String scaledObject(int i) {
        return "{\"apiVersion\":\"keda.sh/v1alpha1\",\"kind\":\"ScaledObject\",\"metadata\":{\"name\":\"so-" + i
                + "\",\"namespace\":\"ns\",\"uid\":\"so-uid-" + i + "\",\"resourceVersion\":\"7\"},\"spec\":{"
                + "\"minReplicaCount\":1,\"scaleTargetRef\":{\"name\":\"" + targets.apply("so-" + i)
                + "\"},\"triggers\":[{\"type\":\"external\",\"metadata\":{\"scalerAddress\":"
                + "\"keda-nim-scaler.keda-nim-scaler:9090\",\"targetValue\":\"0.70\",\"port\":\""
                + (FIRST_POD_PORT + i) + "\"}}]}}";
    }

    /** As large as those of an inference server come. */
    private static String pod(int i, int which) {
        String environment = IntStream.range(0, 40)
                .mapToObj(e -> "{\"name\":\"NIM_SETTING_" + e + "\",\"value\":\"" + "v".repeat(60) + "\"}")
                .collect(Collectors.joining(","));
        return "{\"metadata\":{\"name\":\"so-" + i + "-" + which + "\",\"namespace\":\"ns\",\"uid\":\"pod-uid-" + i + "-" + which
                + "\",\"resourceVersion\":\"9\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{\"app\":\"so-" + i
                + "\"}},\"spec\":{\"nodeName\":\"node-1\",\"containers\":[{\"name\":\"nim\",\"image\":\"nim\",\"env\":["
                + environment + "]}]},\"status\":{\"phase\":\"Running\",\"podIP\":\"" + address(which) + "\",\"hostIP\":\"10.0.0.1\","
                + "\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"True\",\"lastTransitionTime\":"
                + "\"2026-01-01T00:00:00Z\"},{\"type\":\"Ready\",\"status\":\"True\",\"lastTransitionTime\":"
                + "\"2026-01-01T00:01:00Z\"}]}}";
    }

    private static void serveMetrics(Socket socket) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        while (reader.readLine() != null) {
            headers(reader);
            respond(socket.getOutputStream(), 200, METRICS);
        }
    }

    private static void respond(OutputStream out, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(("HTTP/1.1 " + status + " OK\r\nContent-Type: "
                        + (body.startsWith("{") ? "application/json" : "text/plain") + "\r\nContent-Length: "
                        + bytes.length + "\r\n\r\n")
                .getBytes(US_ASCII));
        whole.writeBytes(bytes);
        out.write(whole.toByteArray());
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (ServerSocket pod : pods) {
            pod.close();
        }
    }
}
