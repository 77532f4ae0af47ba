package io.nimscaler.demo;

import io.nimscaler.scaler.Pod;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * A simulated NIM pod: a real HTTP server on its own loopback port. While its model loads it answers 503, as NIM does. Then it
 * has the metrics of NIM 1.x, of a {@link DemoEngine} with its share of the load.
 */
final class DemoPod {

    private static final String LOOPBACK = "127.0.0.1";

    private final String name;
    private final Instant made;
    private final Duration startUp;
    private final InstantSource clock;
    private final DoubleSupplier share;
    private final DemoEngine engine = new DemoEngine();
    private final HttpServer server;
    private Instant worksSince;
    private volatile boolean failing;
    private volatile int port;

    DemoPod(Vertx vertx, String name, Duration startUp, InstantSource clock, DoubleSupplier share) {
        this.name = name;
        this.made = clock.instant();
        this.startUp = startUp;
        this.worksSince = made.plus(startUp);
        this.clock = clock;
        this.share = share;
        this.server = vertx.createHttpServer().requestHandler(this::answer);
        server.listen(0, LOOPBACK).onSuccess(listening -> port = listening.actualPort());
    }

    boolean isReady() {
        return !clock.instant().isBefore(made.plus(startUp));
    }

    /** While it fails it is ready and answers 500. */
    void failing(boolean now) {
        failing = now;
    }

    void stop() {
        server.close();
    }

    Pod describe() {
        Optional<String> address = port == 0 ? Optional.empty() : Optional.of(LOOPBACK);
        return new Pod(
                name,
                name,
                Pod.Access.at(address, Map.of("metrics", port)),
                isReady() ? Pod.Startup.ready(made, made.plus(startUp)) : Pod.Startup.starting(made));
    }

    /** On the server's event loop. */
    private void answer(HttpServerRequest request) {
        if (isReady()) {
            work();
        }
        if (!isReady() || failing) {
            request.response().setStatusCode(failing ? 500 : 503).end();
        } else if (request.path().equals("/v1/metrics")) {
            request.response()
                    .putHeader("content-type", "text/plain; version=0.0.4")
                    .end(engine.metrics());
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    /** Until now; one that fails works, too. */
    private void work() {
        Instant now = clock.instant();
        if (now.isAfter(worksSince)) {
            engine.pass(Duration.between(worksSince, now), share.getAsDouble());
            worksSince = now;
        }
    }
}
