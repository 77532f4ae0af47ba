package io.nimscaler.web;

import io.nimscaler.web.EventsRoute.Watched;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The clients that watch: a bounded number. A client that reads slower than events come misses some, so nothing piles up. A
 * client that has missed {@link #MAX_MISSED} in a row is disconnected. Thread-safe.
 */
final class EventClients {

    static final int MAX = 32;
    static final int MAX_MISSED = 30;

    private static final class Client {
        private final Optional<Watched> watched;
        private int missed;

        Client(Optional<Watched> watched) {
            this.watched = watched;
        }
    }

    private final Map<HttpServerResponse, Client> clients = new HashMap<>();
    private boolean closed;

    /**
     * @param watched empty: all
     * @return false: there are too many already, or it is the end
     */
    synchronized boolean add(HttpServerResponse response, Optional<Watched> watched) {
        if (closed || clients.size() >= MAX) {
            return false;
        }
        // Before a tick can write to it
        response.setChunked(true);
        clients.put(response, new Client(watched));
        response.closeHandler(_ -> remove(response));
        response.exceptionHandler(_ -> remove(response));
        return true;
    }

    private synchronized void remove(HttpServerResponse response) {
        clients.remove(response);
    }

    synchronized int size() {
        return clients.size();
    }

    /** An event to each that can take one. */
    void send(Function<Optional<Watched>, Buffer> event) {
        Map<HttpServerResponse, Optional<Watched>> able = new HashMap<>();
        List<HttpServerResponse> stuck = new ArrayList<>();
        sort(able, stuck);
        able.forEach((response, watched) -> response.write(event.apply(watched)));
        stuck.forEach(HttpServerResponse::reset);
    }

    private synchronized void sort(Map<HttpServerResponse, Optional<Watched>> able, List<HttpServerResponse> stuck) {
        clients.forEach((response, client) -> {
            if (!response.writeQueueFull()) {
                client.missed = 0;
                able.put(response, client.watched);
            } else if (++client.missed > MAX_MISSED) {
                stuck.add(response);
            }
        });
        stuck.forEach(clients::remove);
    }

    /** Ends all, and takes no more. */
    void close() {
        List<HttpServerResponse> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(clients.keySet());
            clients.clear();
        }
        open.forEach(HttpServerResponse::end);
    }
}
