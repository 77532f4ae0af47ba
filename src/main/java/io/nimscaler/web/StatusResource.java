package io.nimscaler.web;

import io.nimscaler.scaler.Decisions;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Whether what the other answers say is all that there is. */
@Path("/api/status")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
class StatusResource {

    /**
     * @param now the scaler's clock
     */
    record StatusView(Instant now, ApiServerView apiServer, ScalerView scaler) {}

    private final Decisions decisions;
    private final InstantSource clock;
    private final ScalerView scaler;

    StatusResource(
            Decisions decisions,
            InstantSource clock,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "HOSTNAME") Optional<String> host) {
        this.decisions = decisions;
        this.clock = clock;
        this.scaler = ScalerView.of(version, host);
    }

    /** Of this replica of the scaler. */
    @GET
    @Operation(summary = "Whether it is known which ScaledObjects there are, and which replica and version says so")
    public StatusView status() {
        return new StatusView(clock.instant(), ApiServerView.of(decisions.contact()), scaler);
    }
}
