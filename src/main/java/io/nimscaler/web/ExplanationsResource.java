package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.Transitions;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The decision of a moment, explained, and what changed last. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Decisions")
class ExplanationsResource {

    private final ObjectMapper json;
    private final DecisionRing history;
    private final Transitions transitions;
    private final ScaledObjectViews views;
    private final Requests requests;
    private final InstantSource clock;

    ExplanationsResource(
            ObjectMapper json,
            DecisionRing history,
            Transitions transitions,
            ScaledObjectViews views,
            Requests requests,
            InstantSource clock) {
        this.json = json;
        this.history = history;
        this.transitions = transitions;
        this.views = views;
        this.requests = requests;
        this.clock = clock;
    }

    /**
     * The decision of a moment with all that went into it, of each trigger that has one.
     *
     * @param at an ISO 8601 instant; the decision is the latest one at or before it. Without it: the latest of all
     */
    @GET
    @Path("/{namespace}/{name}/explain")
    @Operation(summary = "The decision of a moment with all that went into it")
    @APIResponse(
            responseCode = "200",
            description = "One for each trigger and each shadow that had decided by then",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ExplanationView.class)))
    @APIResponse(
            responseCode = "400",
            description = Requests.BAD_REQUEST,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND + ", or a moment that is not remembered; says which are",
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response explain(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(
                            description = "the latest decision at or before this moment; the latest of all without it",
                            example = "2026-01-31T12:00:00Z")
                    @QueryParam("at")
                    Optional<String> at) {
        List<Snapshot> latest = requests.latest(namespace, name);
        Optional<Instant> moment = Requests.given(context, "at", at).map(text -> Refusal.instant("at", text));
        List<Supplier<ExplanationView>> found = moment.map(asked -> latest.stream()
                        .flatMap(snapshot -> explain(snapshot, asked).stream())
                        .toList())
                .orElseGet(() -> views.eachExplanation(new ScaledObjectId(namespace, name), clock.instant()));
        if (found.isEmpty()) {
            throw Refusal.notFound("at = \"" + at.orElse("") + "\": expected a moment that is remembered; "
                    + requests.spansOf(latest));
        }
        return JsonArray.answer(json, found, Supplier::get);
    }

    private Optional<Supplier<ExplanationView>> explain(Snapshot latest, Instant asked) {
        TriggerId trigger = TriggerId.of(latest);
        Span span = Span.of(history.of(trigger));
        return Optional.of(asked)
                .filter(span::contains)
                .flatMap(moment -> history.at(trigger, moment))
                .map(remembered -> () -> views.past(remembered, asked, span));
    }

    /** The last changes of state and of wanted replicas of one ScaledObject's triggers, in words, oldest first. */
    @GET
    @Path("/{namespace}/{name}/transitions")
    @Operation(
            summary = "The last changes of state and of wanted replicas, in words, oldest first",
            description = "Of each trigger at most 30, since the scaler was started.")
    @APIResponse(responseCode = "200", description = "Changes of all triggers")
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public List<TransitionView> transitions(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return requests.latest(namespace, name).stream()
                .map(TriggerId::of)
                .flatMap(trigger -> transitions.of(trigger).stream().map(change -> TransitionView.of(trigger, change)))
                .sorted(Comparator.comparing(TransitionView::at))
                .toList();
    }
}
