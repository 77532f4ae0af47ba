package io.nimscaler.web;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;

/**
 * Limits the large answers that are being written at the same time, because each uses a thread and memory for what the client
 * has not read. An answer that is not read at all ends with its connection ({@code quarkus.http.idle-timeout}). Thread-safe.
 */
@Singleton
class Downloads {

    static final int MOST = 4;

    private final Set<HttpServerRequest> open = new HashSet<>();

    /**
     * @throws jakarta.ws.rs.ServiceUnavailableException where there are too many already
     */
    void enterOrRefuse(RoutingContext context) {
        if (!enter(context.request())) {
            throw Refusal.tooMany("expected at most " + MOST + " large answers at once; try again later");
        }
    }

    /**
     * @return false: there are too many already
     */
    synchronized boolean enter(HttpServerRequest request) {
        open.removeIf(Downloads::isOver);
        return open.size() < MOST && open.add(request);
    }

    /** The connection's lock comes first, as where an answer is written: {@code closed()} takes the answer's lock and then that one. */
    private static boolean isOver(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        synchronized (request.connection()) {
            return response.ended() || response.closed();
        }
    }
}
