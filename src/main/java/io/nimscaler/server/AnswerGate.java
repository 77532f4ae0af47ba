package io.nimscaler.server;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * How many answers of REST, the page, health and metrics there are at once that their clients have not read. Over HTTP/2 one connection may ask
 * thousands of times and never let anything be sent. Over the bound, a new request of the address with the most such answers gets 503.
 * A new request of any other address comes in, and that address loses the answer that has been open for the longest time. Live events are bounded by themselves ({@code web.EventClients}).
 */
@Singleton
class AnswerGate {

    /** The page asks for some twenty files at once. What grows with the cluster is written piece by piece, so each holds little. */
    static final int MOST = 32;

    /** After {@link RestGate}: what it refuses is a line of text. */
    private static final int PRIORITY = RestGate.PRIORITY - 1;

    /** ENHANCE_YOUR_CALM (RFC 9113, section 7); over HTTP/1.1 the connection is closed. */
    private static final long TOO_MANY = 0xb;

    private static final String EVENTS = "/api/events";

    /** So long one that would be refused waits for what is found out of the others. */
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final FairShare<Open> open = new FairShare<>(MOST);

    /**
     * One answer.
     *
     * @param loop of its connection. Nobody else may ask an answer how far it is: Vert.x locks the connection for that, an event loop holds
     *     the lock of the connection that it serves, and two that asked each other's would wait for ever
     */
    private record Open(HttpServerRequest request, String peer, Context loop) {

        static Open of(HttpServerRequest request) {
            return new Open(request, ConnectionGate.peerOf(request.connection()), Vertx.currentContext());
        }

        boolean isRead() {
            return AnswerGate.isRead(request);
        }

        void giveUp() {
            loop.runOnContext(_ -> {
                if (!isRead()) {
                    request.response().reset(TOO_MANY);
                }
            });
        }
    }

    /**
     * Over HTTP/1.1 what is left of an answer that has ended is the socket's, see {@link SocketGate}.
     *
     * <p>Over HTTP/2 {@code closed()} locks the answer and then the connection. Who writes an answer has the connection's lock and asks the
     * same. So the connection comes first here, too, or both would wait for ever.
     */
    static boolean isRead(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        synchronized (request.connection()) {
            return response.closed() || (response.ended() && request.version() != HttpVersion.HTTP_2);
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::admit, PRIORITY);
    }

    /** Metrics are megabytes, too, and port 9000 speaks HTTP/2 as well. A probe is never refused: others may have the kubelet's address. */
    void registerManagement(@Observes ManagementInterface management) {
        management.router().route().order(Integer.MIN_VALUE).handler(context -> {
            forgetRead();
            enter(Open.of(context.request()));
            context.next();
        });
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (GrpcRequests.isOne(request) || request.path().startsWith(EVENTS)) {
            context.next();
            return;
        }
        forgetRead();
        Open newcomer = Open.of(request);
        if (open.isFullOf(newcomer.peer())) {
            request.pause();
            context.vertx().setTimer(LOOK_AGAIN_MILLIS, _ -> {
                request.resume();
                decide(context, newcomer);
            });
        } else {
            decide(context, newcomer);
        }
    }

    private void decide(RoutingContext context, Open newcomer) {
        if (open.isFullOf(newcomer.peer())) {
            // Thousands that are let in and given up would each be made for nothing, and probes wait behind them
            context.response().setStatusCode(503).putHeader("retry-after", "30").end();
        } else {
            enter(newcomer);
            context.next();
        }
    }

    private void enter(Open newcomer) {
        open.enter(newcomer.peer(), newcomer).ifPresent(Open::giveUp);
    }

    /** Soon: each on its own event loop. */
    private void forgetRead() {
        for (Open one : open.all()) {
            one.loop().runOnContext(_ -> {
                if (one.isRead()) {
                    open.leave(one.peer(), one);
                }
            });
        }
    }

    /** How many there are, or were a moment ago. */
    int size() {
        forgetRead();
        return open.size();
    }
}
