package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.history.Coarser;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.scaler.TriggerId;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The minutes of each trigger that outlast a restart. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Decisions")
class HistoryResource {

    static final int MOST_STEPS = 2_000;
    private static final int DEFAULT_STEPS = 720;

    private final Requests requests;
    private final KeptMinutes minutes;
    private final InstantSource clock;
    private final ObjectMapper json;
    private final Downloads downloads;

    HistoryResource(
            Requests requests, KeptMinutes minutes, InstantSource clock, ObjectMapper json, Downloads downloads) {
        this.requests = requests;
        this.minutes = minutes;
        this.clock = clock;
        this.json = json;
        this.downloads = downloads;
    }

    /**
     * What is kept of one ScaledObject's triggers, oldest first.
     *
     * @param from the first moment, an ISO 8601 instant; without it: of all that is kept
     * @param to the last moment; without it: the present one
     * @param steps into how many at most the span is divided, 1 to 2,000
     */
    @GET
    @Path("/{namespace}/{name}/history")
    @Operation(
            summary = "What is kept of the triggers, in steps of one or several minutes, oldest first",
            description = "With nim-scaler.history.directory; src/docs/history.md says what is kept.")
    @APIResponse(
            responseCode = "200",
            description = "One entry for each trigger and each shadow",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = HistoryView.class)))
    @APIResponse(
            responseCode = "400",
            description = Requests.BAD_REQUEST,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND + "; or nothing is kept, for there is no directory for it",
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN + Requests.TOO_MANY,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response history(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(
                            description = "the first moment; without it, of all that is kept",
                            example = "2026-01-31T12:00:00Z")
                    @QueryParam("from")
                    Optional<String> from,
            @Parameter(description = "the last moment; without it, the present one", example = "2026-01-31T18:00:00Z")
                    @QueryParam("to")
                    Optional<String> to,
            @Parameter(description = "into how many at most the span is divided, 1 to 2000", example = "720")
                    @QueryParam("steps")
                    Optional<String> steps) {
        Requests.Moments asked = Requests.moments(context, from, to, clock.instant());
        int most = Requests.given(context, "steps", steps)
                .map(text -> Refusal.number("steps", text, 1, MOST_STEPS))
                .orElse(DEFAULT_STEPS);
        if (minutes.state().isEmpty()) {
            throw Refusal.notFound(
                    "nothing is kept: nim-scaler.history.directory is not set; …/decisions has what is remembered");
        }
        List<TriggerId> triggers =
                requests.latest(namespace, name).stream().map(TriggerId::of).toList();
        downloads.enterOrRefuse(context);
        return JsonArray.answer(json, triggers, trigger -> view(trigger, asked.from(), asked.to(), most));
    }

    private HistoryView view(TriggerId trigger, Instant first, Instant last, int most) {
        Optional<Instant> since = minutes.since(trigger);
        Instant beginning = since.filter(first::isBefore).orElse(first);
        if (since.isEmpty() || beginning.isAfter(last)) {
            return HistoryView.of(trigger, since, 60, List.of());
        }
        // One more minute, for the span begins anywhere within its first step
        long minutesOfAStep = Math.ceilDiv(Duration.between(beginning, last).toMinutes() + 1, most);
        Duration step = Duration.ofMinutes(minutesOfAStep);
        Coarser coarser = new Coarser(step);
        minutes.read(trigger, beginning, last, coarser);
        return HistoryView.of(trigger, since, step.toSeconds(), coarser.merged());
    }
}
