package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.Recorded;
import io.nimscaler.history.RecordingWriter;
import io.nimscaler.history.Remembered;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What was decided within the memory of the scaler: large answers, written as their client reads them. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Decisions")
class RememberedResource {

    private final DecisionRing history;
    private final ScaledObjectViews views;
    private final Requests requests;
    private final ObjectMapper json;
    private final Downloads downloads;

    RememberedResource(
            DecisionRing history, ScaledObjectViews views, Requests requests, ObjectMapper json, Downloads downloads) {
        this.history = history;
        this.views = views;
        this.requests = requests;
        this.json = json;
        this.downloads = downloads;
    }

    /**
     * The remembered decisions of one ScaledObject's triggers with their pods, oldest first: of each trigger at most 1,000 with at
     * most 50,000 pods in all, evenly thinned out where there are more.
     *
     * @param since only later ones, an ISO 8601 instant
     * @param pods false: without their pods
     */
    @GET
    @Path("/{namespace}/{name}/decisions")
    @Operation(
            summary = "Remembered decisions with their pods, oldest first",
            description =
                    "Of each trigger at most 1,000 with at most 50,000 pods in all, evenly thinned out where there are more.")
    @APIResponse(
            responseCode = "200",
            description = "Decisions of each trigger and each shadow",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ScaledObjectView.class)))
    @APIResponse(
            responseCode = "400",
            description = Requests.BAD_REQUEST,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN + Requests.TOO_MANY,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response decisions(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(description = "only later decisions", example = "2026-01-31T12:00:00Z") @QueryParam("since")
                    Optional<String> since,
            @Parameter(description = "false: without their pods") @QueryParam("pods") @DefaultValue("true")
                    String pods) {
        boolean withPods = Refusal.flag(
                "pods", Requests.given(context, "pods", Optional.empty()).orElse(pods));
        Instant from = Requests.given(context, "since", since)
                .map(text -> Refusal.instant("since", text))
                .orElse(Instant.MIN);
        List<Remembered> chosen = requests.latest(namespace, name).stream()
                .map(TriggerId::of)
                .flatMap(trigger -> Downsampling.of(history.of(trigger), from, withPods).stream())
                .toList();
        downloads.enterOrRefuse(context);
        return JsonArray.answer(json, chosen, remembered -> views.past(remembered, withPods));
    }

    /**
     * A span of decisions with their readings, to keep or to replay: JSON lines, each trigger's after a header of its own.
     *
     * @param from the first moment, an ISO 8601 instant; without it: of all that is remembered
     * @param to the last moment
     * @param trigger a trigger's name; without it: all of the ScaledObject
     */
    @GET
    @Path("/{namespace}/{name}/recording")
    @Operation(
            summary = "A span of decisions with their readings, to keep or to replay",
            description =
                    "JSON lines, each trigger's after a header of its own; src/docs/recording.md describes the format.")
    @APIResponse(
            responseCode = "200",
            description = "A file of JSON lines",
            content = @Content(mediaType = "application/x-ndjson", schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(
            responseCode = "400",
            description = Requests.BAD_REQUEST,
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND + ", or a span in which nothing is remembered",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN + Requests.TOO_MANY,
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Refusal.class)))
    @Produces("application/x-ndjson")
    public Response recording(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(
                            description = "the first moment; without it, of all that is remembered",
                            example = "2026-01-31T12:00:00Z")
                    @QueryParam("from")
                    Optional<String> from,
            @Parameter(description = "the last moment", example = "2026-01-31T12:10:00Z") @QueryParam("to")
                    Optional<String> to,
            @Parameter(
                            description = "a triggerName; without it, all of the ScaledObject",
                            example = "gpu_cache_usage_perc")
                    @QueryParam("trigger")
                    Optional<String> trigger) {
        Requests.Moments asked = Requests.moments(context, from, to, Instant.MAX);
        List<Snapshot> latest = requests.latest(namespace, name);
        List<List<Remembered>> spans = latest.stream()
                .filter(snapshot -> trigger.filter(one -> !one.equals(snapshot.triggerName()))
                        .isEmpty())
                .map(snapshot -> between(history.of(TriggerId.of(snapshot)), asked.from(), asked.to()))
                .filter(span -> !span.isEmpty())
                .toList();
        if (spans.isEmpty()) {
            throw Refusal.notFound("nothing to record; " + requests.spansOf(latest));
        }
        downloads.enterOrRefuse(context);
        StreamingOutput lines = out -> {
            for (List<Remembered> span : spans) {
                Stream<Recorded> decisions = span.stream().map(entry -> new Recorded(entry.number(), entry.snapshot()));
                for (String line : (Iterable<String>) RecordingWriter.write(decisions)::iterator) {
                    out.write(line.getBytes(StandardCharsets.UTF_8));
                }
            }
        };
        return Response.ok(lines)
                .header("Content-Disposition", "attachment; filename=\"" + fileName(latest.getFirst()) + "\"")
                .build();
    }

    private static List<Remembered> between(List<Remembered> all, Instant first, Instant last) {
        return all.stream()
                .filter(entry -> !entry.at().isBefore(first) && !entry.at().isAfter(last))
                .toList();
    }

    private static String fileName(Snapshot snapshot) {
        String name = snapshot.scaledObject().namespace() + "-"
                + snapshot.scaledObject().name();
        return name.replaceAll("[^A-Za-z0-9.-]", "_") + ".ndjson";
    }
}
