package io.nimscaler.e2e;

import java.util.function.IntSupplier;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A stand-in for the gateway in front of a fleet, which holds requests back and shows how many, before there is a pod. */
public final class Gateway {

    private static final String METRIC = "llm_d_epp_flow_control_queue_size";

    private final Story story;
    private HttpServer server;
    private volatile IntSupplier waiting = () -> 0;

    Gateway(Story story) {
        this.story = story;
        this.server = listen(0);
        story.atEnd(() -> server.stop(0));
    }

    /** What makes it the wake source {@code gateway} of a scaler: environment variables of its container. */
    public Map<String, String> asWakeSource() {
        String prefix = "NIM_SCALER_WAKE_SOURCES_GATEWAY_";
        return Map.of(
                prefix + "URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/metrics",
                prefix + "METRIC", METRIC,
                prefix + "NAMESPACES", "*");
    }

    /** So many requests wait in it. */
    public void queues(int requests) {
        story.say(requests + " requests wait in the gateway");
        waiting = () -> requests;
    }

    /** It holds what the pods of a fleet can not take. */
    public void holdsFor(Fleet fleet) {
        fleet.isHeldBack();
        waiting = fleet::held;
    }

    /** Nothing listens any more. */
    public void dies() {
        story.say("the gateway dies");
        server.stop(0);
    }

    /** It listens where it did. */
    public void comesBack() {
        story.say("the gateway is back");
        server = listen(server.getAddress().getPort());
    }

    private HttpServer listen(int port) {
        try {
            HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            listening.createContext("/metrics", exchange -> {
                byte[] body = """
                        # TYPE %1$s gauge
                        %1$s{fairness_id="default",priority="0",inference_pool="llm",model_name="llm"} %2$d
                        """
                        .formatted(METRIC, waiting.getAsInt())
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            listening.start();
            return listening;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
