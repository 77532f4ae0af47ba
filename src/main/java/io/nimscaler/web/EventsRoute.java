package io.nimscaler.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.ScaledObjectId;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What is decided, as server-sent events (WHATWG HTML, section 9.2), once a second: under {@code /api/events} every trigger without
 * its pods, under {@code /api/events/NAMESPACE/NAME} one ScaledObject's with all that went into its decisions.
 *
 * <p>There are at most {@link EventClients#MAX} clients. What several of them watch is written once. One that does not read its
 * events misses some, and is dropped when it has missed too many.
 */
@Singleton
class EventsRoute {

    static final String PATH = "/api/events";
    private static final long INTERVAL_MILLIS = 1_000;
    private static final int UNAVAILABLE = 503;

    private final Decisions decisions;
    private final ScaledObjectViews views;
    private final InstantSource clock;
    private final ObjectMapper json;
    private final ScalerView scaler;
    private final EventClients clients = new EventClients();

    EventsRoute(
            Decisions decisions,
            ScaledObjectViews views,
            InstantSource clock,
            ObjectMapper json,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "HOSTNAME") Optional<String> host) {
        this.decisions = decisions;
        this.views = views;
        this.clock = clock;
        this.json = json;
        this.scaler = ScalerView.of(version, host);
    }

    void register(@Observes Router router, Vertx vertx) {
        router.get(PATH).handler(context -> open(context, Optional.empty()));
        router.get(PATH + "/:namespace/:name")
                .handler(context -> open(
                        context, Optional.of(new Watched(context.pathParam("namespace"), context.pathParam("name")))));
        vertx.setPeriodic(INTERVAL_MILLIS, _ -> tick());
    }

    /** An open stream would hold the process for its whole shutdown time-out. */
    void completeStreams(@Observes ShutdownDelayInitiatedEvent event) {
        clients.close();
    }

    private void open(RoutingContext context, Optional<Watched> watched) {
        // A proxy that collects what it forwards would make live data old (nginx: X-Accel-Buffering)
        HttpServerResponse response = context.response()
                .putHeader("content-type", "text/event-stream;charset=UTF-8")
                .putHeader("x-accel-buffering", "no");
        if (clients.add(response, watched)) {
            response.write(event(watched, clock.instant()));
        } else {
            response.setStatusCode(UNAVAILABLE).putHeader("retry-after", "30").end();
        }
    }

    private void tick() {
        Instant now = clock.instant();
        Map<Optional<Watched>, Buffer> written = new HashMap<>();
        clients.send(watched -> written.computeIfAbsent(watched, which -> event(which, now)));
    }

    private Buffer event(Optional<Watched> watched, Instant now) {
        ApiServerView apiServer = ApiServerView.of(decisions.contact());
        LiveView body = watched.<LiveView>map(one -> detail(one, apiServer, now))
                .orElseGet(() -> new LiveView.Summary(now, apiServer, scaler, views.of(_ -> true, false, now)));
        try {
            return Buffer.buffer("data: " + json.writeValueAsString(body) + "\n\n");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LiveView detail(Watched one, ApiServerView apiServer, Instant now) {
        ScaledObjectId id = new ScaledObjectId(one.namespace(), one.name());
        return new LiveView.Detail(now, apiServer, scaler, views.explanations(id, now), views.refused(id::equals, now));
    }

    /** The ScaledObject that a client watches. */
    record Watched(String namespace, String name) {}
}
