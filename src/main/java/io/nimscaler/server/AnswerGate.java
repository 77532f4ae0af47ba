package io.nimscaler.server;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
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

    private final FairShare<HttpServerRequest> open = new FairShare<>(MOST);

    void register(@Observes Filters filters) {
        filters.register(this::admit, PRIORITY);
    }

    /** Metrics are megabytes, too, and port 9000 speaks HTTP/2 as well. A probe is never refused: others may have the kubelet's address. */
    void registerManagement(@Observes ManagementInterface management) {
        management.router().route().order(Integer.MIN_VALUE).handler(context -> {
            forgetRead();
            enter(context.request());
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
        if (open.isFullOf(ConnectionGate.peerOf(request.connection()))) {
            // Thousands that are let in and given up would each be made for nothing, and probes wait behind them
            request.response().setStatusCode(503).putHeader("retry-after", "30").end();
        } else {
            enter(request);
            context.next();
        }
    }

    private void enter(HttpServerRequest request) {
        open.enter(ConnectionGate.peerOf(request.connection()), request)
                .ifPresent(oldest -> oldest.response().reset(TOO_MANY));
    }

    private void forgetRead() {
        open.all().stream()
                .filter(AnswerGate::isRead)
                .forEach(request -> open.leave(ConnectionGate.peerOf(request.connection()), request));
    }

    /** Over HTTP/1.1 what is left of an answer that has ended is the socket's, see {@link SocketGate}. */
    private static boolean isRead(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        return response.closed() || (response.ended() && request.version() != HttpVersion.HTTP_2);
    }

    /** How many there are. */
    int size() {
        forgetRead();
        return open.size();
    }
}
