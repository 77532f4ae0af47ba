package io.nimscaler.web;

import io.nimscaler.scaler.Decisions;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
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
    record StatusView(Instant now, ApiServerView apiServer) {}

    private final Decisions decisions;
    private final InstantSource clock;

    StatusResource(Decisions decisions, InstantSource clock) {
        this.decisions = decisions;
        this.clock = clock;
    }

    /** Of this replica of the scaler. */
    @GET
    @Operation(summary = "Whether it is known which ScaledObjects there are")
    public StatusView status() {
        return new StatusView(clock.instant(), ApiServerView.of(decisions.contact()));
    }
}
