package io.nimscaler.server;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What holds for every gRPC call: it is not compressed, for a small message could then become a large one, and there are not too
 * many of them at once, streams and calls that are only half sent included. A new one always comes in: over the bound one of the
 * address that has the most is reset, the one that is open longest.
 */
@Singleton
class CallGate {

    /**
     * What KEDA opens for as many ScaledObjects of type {@code external-push} as there may be, and calls beside them. The gRPC server
     * keeps the message of each while it is open, 16 kB at most.
     */
    static final int MOST = 3_000;

    /** After {@link ClientGate}: who may not come in learns nothing. */
    static final int PRIORITY = ClientGate.PRIORITY - 1;

    /** UNIMPLEMENTED (grpc: doc/compression.md), which says what is supported in {@code grpc-accept-encoding}. */
    private static final int UNIMPLEMENTED = 12;

    /** ENHANCE_YOUR_CALM (RFC 9113, section 7): a gRPC client makes RESOURCE_EXHAUSTED of it. */
    private static final long TOO_MANY = 0xb;

    /** More often than {@code quarkus.http.idle-timeout}: a connection whose open streams have nothing to say is not idle. */
    private static final long PING_MILLIS = 50_000;

    private static final Buffer PING = Buffer.buffer(new byte[8]);

    private static final String ENCODING = "grpc-encoding";
    private static final String IDENTITY = "identity";

    private final FairShare<HttpServerRequest> open = new FairShare<>(MOST);

    void register(@Observes Filters filters, Vertx vertx) {
        filters.register(this::admit, PRIORITY);
        vertx.setPeriodic(PING_MILLIS, _ -> ping());
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!GrpcRequests.isOne(request)) {
            context.next();
            return;
        }
        String encoding = request.getHeader(ENCODING);
        if (encoding == null) {
            // Else the server throws at a message that says it is compressed; so it is read as it is
            request.headers().set(ENCODING, IDENTITY);
        } else if (!encoding.equals(IDENTITY)) {
            HttpServerResponse response = request.response().putHeader("grpc-accept-encoding", IDENTITY);
            GrpcRequests.refuse(response, UNIMPLEMENTED, "grpc-encoding: expected identity, messages are not inflated");
            return;
        }
        String peer = ConnectionGate.peerOf(request.connection());
        // Not with its end: an answer that the client does not read keeps its stream
        request.response().closeHandler(_ -> open.leave(peer, request));
        open.enter(peer, request).ifPresent(oldest -> oldest.response().reset(TOO_MANY));
        context.next();
    }

    /** Asks those for a sign of life whose calls are open. */
    void ping() {
        Set<HttpConnection> connections =
                open.all().stream().map(HttpServerRequest::connection).collect(Collectors.toSet());
        connections.forEach(connection -> connection.ping(PING));
    }

    /** How many there are. */
    int size() {
        return open.size();
    }
}
