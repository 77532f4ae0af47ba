package io.nimscaler.web;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;

/**
 * The large answers that are being written: a few at once, for each holds a thread and what of it the client has not read. One
 * that is not read at all ends with its connection ({@code quarkus.http.idle-timeout}). From any thread.
 */
@Singleton
class Downloads {

    static final int MOST = 4;

    private final Set<HttpServerResponse> open = new HashSet<>();

    /**
     * @throws jakarta.ws.rs.ServiceUnavailableException where there are too many already
     */
    void enterOrRefuse(RoutingContext context) {
        if (!enter(context.response())) {
            throw Refusal.tooMany("expected at most " + MOST + " of such answers at once; try again later");
        }
    }

    /**
     * @return false: there are too many already
     */
    synchronized boolean enter(HttpServerResponse response) {
        open.removeIf(one -> one.ended() || one.closed());
        return open.size() < MOST && open.add(response);
    }
}
