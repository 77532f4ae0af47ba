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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What holds for every gRPC call: it is not compressed, for a small message could then become a large one, and there are not too
 * many of them at once, streams and calls that are only half sent included. Over the bound one of the address that has the most has to
 * go: the one that is open longest, if that is longer than a call takes. Otherwise it is the newest, which is refused, so that those before it are
 * answered even if more come all the time than can be answered.
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

    /** The same for a client whose call is answered (grpc: doc/statuscodes.md). */
    private static final int RESOURCE_EXHAUSTED = 8;

    /** What is open longer is a stream, a call that is only half sent, or one whose answer is not read: all others end within 4 s. */
    private static final Duration SPARED = Duration.ofSeconds(5);

    /** More often than {@code quarkus.http.idle-timeout}: a connection whose open streams have nothing to say is not idle. */
    private static final long PING_MILLIS = 50_000;

    private static final Buffer PING = Buffer.buffer(new byte[8]);

    private static final String ENCODING = "grpc-encoding";
    private static final String IDENTITY = "identity";

    private final FairShare<Call> open = new FairShare<>(MOST, Call::isYoung);

    private record Call(HttpServerRequest request, long beganNanos) {

        boolean isYoung() {
            return System.nanoTime() - beganNanos < SPARED.toNanos();
        }
    }

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
        Call call = new Call(request, System.nanoTime());
        // Not with its end: an answer that the client does not read keeps its stream
        request.response().closeHandler(_ -> open.leave(peer, call));
        Optional<Call> gone = open.enter(peer, call);
        if (gone.isPresent() && gone.get() == call) {
            GrpcRequests.refuse(request.response(), RESOURCE_EXHAUSTED, "expected at most " + MOST + " calls at once");
            return;
        }
        gone.ifPresent(other -> other.request().response().reset(TOO_MANY));
        context.next();
    }

    /** Asks those for a sign of life whose calls are open. */
    void ping() {
        Set<HttpConnection> connections =
                open.all().stream().map(call -> call.request().connection()).collect(Collectors.toSet());
        connections.forEach(connection -> connection.ping(PING));
    }

    /** How many there are. */
    int size() {
        return open.size();
    }
}
