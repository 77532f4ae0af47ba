package io.nimscaler.web;

import io.vertx.core.http.HttpServerResponse;
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
     * @return false: there are too many already
     */
    synchronized boolean enter(HttpServerResponse response) {
        open.removeIf(one -> one.ended() || one.closed());
        return open.size() < MOST && open.add(response);
    }
}
