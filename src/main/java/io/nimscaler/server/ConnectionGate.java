package io.nimscaler.server;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * How many connections there are to port 9090 that have asked something. A new one always comes in, so that nobody who holds many
 * keeps KEDA out: over the bound an idle one of the address that has the most is closed. One that is idle for long is closed
 * anyway ({@code quarkus.http.idle-timeout}).
 */
@Singleton
class ConnectionGate {

    /** KEDA's operator holds one, a browser six at most. */
    static final int MOST = 1_000;

    /** Before {@link ClientGate}: who is refused holds a connection, too. */
    private static final int PRIORITY = ClientGate.PRIORITY + 1;

    private final FairShare<HttpConnection> connections = new FairShare<>(MOST);

    void register(@Observes Filters filters) {
        filters.register(this::admit, PRIORITY);
    }

    private void admit(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        String peer = peerOf(connection);
        if (!connections.use(peer, connection)) {
            connection.closeHandler(_ -> connections.leave(peer, connection));
            connections.enter(peer, connection).ifPresent(HttpConnection::close);
        }
        context.next();
    }

    /** The address without the port. */
    static String peerOf(HttpConnection connection) {
        return String.valueOf(connection.remoteAddress().hostAddress());
    }

    /** How many there are. */
    int size() {
        return connections.size();
    }
}
