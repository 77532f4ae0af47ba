package io.nimscaler.web;

import io.nimscaler.history.KeptMinutes;
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
import org.jspecify.annotations.Nullable;

/** Whether the other answers are complete. Read-only. */
@Path("/api/status")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
class StatusResource {

    /**
     * @param now the scaler's clock
     * @param history null where no minutes are kept
     */
    record StatusView(
            Instant now,
            ApiServerView apiServer,
            ScalerView scaler,
            @Nullable HistoryStateView history) {}

    /**
     * How it goes with the minutes that outlast restarts.
     *
     * @param lostMinutes since the start
     * @param trouble why the latest could not be written; null while all is well
     */
    record HistoryStateView(
            long bytes,
            int files,
            long lostMinutes,
            @Nullable String trouble) {

        static HistoryStateView of(KeptMinutes.State state) {
            return new HistoryStateView(
                    state.bytes(), state.files(), state.lost(), state.trouble().orElse(null));
        }
    }

    private final Decisions decisions;
    private final KeptMinutes minutes;
    private final InstantSource clock;
    private final ScalerView scaler;

    StatusResource(
            Decisions decisions,
            KeptMinutes minutes,
            InstantSource clock,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "HOSTNAME") Optional<String> host) {
        this.minutes = minutes;
        this.decisions = decisions;
        this.clock = clock;
        this.scaler = ScalerView.of(version, host);
    }

    /** Of this replica of the scaler. */
    @GET
    @Operation(summary = "Whether it is known which ScaledObjects there are, and which replica and version says so")
    public StatusView status() {
        return new StatusView(
                clock.instant(),
                ApiServerView.of(decisions.contact()),
                scaler,
                minutes.state().map(HistoryStateView::of).orElse(null));
    }
}
