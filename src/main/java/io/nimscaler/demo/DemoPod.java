package io.nimscaler.demo;

import io.nimscaler.scaler.Pod;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * A simulated NIM pod: a real HTTP server on its own loopback port. While its model loads it answers 503, as NIM does. Then it
 * has the metrics of NIM 1.x with its share of the load.
 */
final class DemoPod {

    private static final String LOOPBACK = "127.0.0.1";

    private final String name;
    private final Instant made;
    private final Duration startUp;
    private final InstantSource clock;
    private final DoubleSupplier share;
    private final HttpServer server;
    private volatile boolean failing;
    private volatile int port;

    DemoPod(Vertx vertx, String name, Duration startUp, InstantSource clock, DoubleSupplier share) {
        this.name = name;
        this.made = clock.instant();
        this.startUp = startUp;
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

    private void answer(HttpServerRequest request) {
        if (!isReady() || failing) {
            request.response().setStatusCode(failing ? 500 : 503).end();
        } else if (request.path().equals("/v1/metrics")) {
            request.response()
                    .putHeader("content-type", "text/plain; version=0.0.4")
                    .end(body());
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private String body() {
        double load = share.getAsDouble();
        return String.format(
                Locale.ROOT,
                """
                # HELP num_requests_running Number of requests currently running on GPU.
                # TYPE num_requests_running gauge
                num_requests_running{model_name="demo"} %.1f
                # HELP num_requests_waiting Number of requests waiting to be processed.
                # TYPE num_requests_waiting gauge
                num_requests_waiting{model_name="demo"} %.1f
                # HELP gpu_cache_usage_perc GPU KV-cache usage. 1 means 100 percent usage.
                # TYPE gpu_cache_usage_perc gauge
                gpu_cache_usage_perc{model_name="demo"} %.4f
                """,
                Math.rint(Math.min(1, load) * 64),
                Math.rint(Math.max(0, load - 1) * 64),
                Math.min(1, load));
    }
}
