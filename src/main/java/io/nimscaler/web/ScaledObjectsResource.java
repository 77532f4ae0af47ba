package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.Recorded;
import io.nimscaler.history.RecordingWriter;
import io.nimscaler.history.Remembered;
import io.nimscaler.history.Transitions;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.ScaledObjectId;
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
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What every scaler concluded last, and shortly before. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Decisions")
class ScaledObjectsResource {

    private static final String NOT_FOUND = "No decision on such a ScaledObject";
    private static final String NOT_KNOWN =
            "It is not known which ScaledObjects there are: the API server was never reached; says why";
    private static final String TOO_MANY = "; or as many of such answers as may be are being written";
    private static final String BAD_REQUEST = "A parameter is wrong; says which, and what was expected";

    private final Decisions decisions;
    private final DecisionRing history;
    private final Transitions transitions;
    private final ScaledObjectViews views;
    private final InstantSource clock;
    private final ObjectMapper json;
    private final Downloads downloads;

    ScaledObjectsResource(
            Decisions decisions,
            DecisionRing history,
            Transitions transitions,
            ScaledObjectViews views,
            InstantSource clock,
            ObjectMapper json,
            Downloads downloads) {
        this.transitions = transitions;
        this.views = views;
        this.json = json;
        this.downloads = downloads;
        this.decisions = decisions;
        this.history = history;
        this.clock = clock;
    }

    /** One entry a trigger, the refused ones among them, ordered by namespace and name. */
    @GET
    @Operation(summary = "The latest decision on every trigger, and why a trigger is refused")
    @APIResponse(responseCode = "200", description = "One entry for each trigger and each shadow")
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public List<ScaledObjectView> all() {
        refuseWhereNotKnown();
        return views.of(_ -> true, true, clock.instant());
    }

    /** The triggers of one ScaledObject. */
    @GET
    @Path("/{namespace}/{name}")
    @Operation(summary = "The latest decision on each trigger of one ScaledObject, and why a trigger is refused")
    @APIResponse(responseCode = "200", description = "One entry for each trigger and each shadow")
    @APIResponse(
            responseCode = "404",
            description = NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public List<ScaledObjectView> one(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        ScaledObjectId id = new ScaledObjectId(namespace, name);
        List<ScaledObjectView> found = views.of(id::equals, true, clock.instant());
        if (found.isEmpty()) {
            refuseWhereNotKnown();
            throw Refusal.notFound("no decision on a ScaledObject " + id);
        }
        return found;
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
            description = BAD_REQUEST,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN + TOO_MANY,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response decisions(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(description = "only later decisions", example = "2026-01-31T12:00:00Z") @QueryParam("since")
                    Optional<String> since,
            @Parameter(description = "false: without their pods") @QueryParam("pods") @DefaultValue("true")
                    String pods) {
        boolean withPods =
                Refusal.flag("pods", given(context, "pods", Optional.empty()).orElse(pods));
        Instant from = given(context, "since", since)
                .map(text -> Refusal.instant("since", text))
                .orElse(Instant.MIN);
        List<Remembered> chosen = of(namespace, name).stream()
                .map(TriggerId::of)
                .flatMap(trigger -> Downsampling.of(history.of(trigger), from, withPods).stream())
                .toList();
        enterDownloads(context);
        // One after the other as the client reads them: all at once they are megabytes
        StreamingOutput array = out -> {
            String before = "[";
            for (Remembered remembered : chosen) {
                out.write(before.getBytes(StandardCharsets.UTF_8));
                out.write(json.writeValueAsBytes(
                        views.past(withPods ? remembered.snapshot() : remembered.withoutPods())));
                before = ",";
            }
            out.write((chosen.isEmpty() ? "[]" : "]").getBytes(StandardCharsets.UTF_8));
        };
        return Response.ok(array).build();
    }

    private void enterDownloads(RoutingContext context) {
        if (!downloads.enter(context.response())) {
            throw Refusal.tooMany("expected at most " + Downloads.MOST + " of such answers at once; try again later");
        }
    }

    /** The text of a parameter; one that is there without a value is no default but an error. */
    private static Optional<String> given(RoutingContext context, String name, Optional<String> text) {
        return text.or(() -> Optional.ofNullable(context.request().getParam(name)));
    }

    /**
     * The decision of a moment with all that went into it, of each trigger that has one.
     *
     * @param at an ISO 8601 instant; the decision is the latest one at or before it. Without it: the latest of all
     */
    @GET
    @Path("/{namespace}/{name}/explain")
    @Operation(summary = "The decision of a moment with all that went into it")
    @APIResponse(responseCode = "200", description = "One for each trigger and each shadow that had decided by then")
    @APIResponse(
            responseCode = "400",
            description = BAD_REQUEST,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = NOT_FOUND + ", or a moment that is not remembered; says which are",
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public List<ExplanationView> explain(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @Parameter(
                            description = "the latest decision at or before this moment; the latest of all without it",
                            example = "2026-01-31T12:00:00Z")
                    @QueryParam("at")
                    Optional<String> at) {
        List<Snapshot> latest = of(namespace, name);
        Optional<Instant> moment = given(context, "at", at).map(text -> Refusal.instant("at", text));
        List<ExplanationView> found = moment.map(asked -> latest.stream()
                        .flatMap(snapshot -> explain(snapshot, asked).stream())
                        .toList())
                .orElseGet(() -> views.explanations(new ScaledObjectId(namespace, name), clock.instant()));
        if (found.isEmpty()) {
            throw Refusal.notFound(
                    "at = \"" + at.orElse("") + "\": expected a moment that is remembered; " + spansOf(latest));
        }
        return found;
    }

    private String spansOf(List<Snapshot> latest) {
        return latest.stream()
                .map(snapshot -> snapshot.triggerName() + ": "
                        + Span.of(history.of(TriggerId.of(snapshot))).text())
                .collect(Collectors.joining("; "));
    }

    private Optional<ExplanationView> explain(Snapshot latest, Instant asked) {
        TriggerId trigger = TriggerId.of(latest);
        Span span = Span.of(history.of(trigger));
        return Optional.of(asked)
                .filter(span::contains)
                .flatMap(moment -> history.at(trigger, moment))
                .map(remembered -> views.past(remembered.snapshot(), asked, span));
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
            description = NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public List<TransitionView> transitions(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return of(namespace, name).stream()
                .map(TriggerId::of)
                .flatMap(trigger -> transitions.of(trigger).stream().map(change -> TransitionView.of(trigger, change)))
                .sorted(Comparator.comparing(TransitionView::at))
                .toList();
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
            description = BAD_REQUEST,
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "404",
            description = NOT_FOUND + ", or a span in which nothing is remembered",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = NOT_KNOWN + TOO_MANY,
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
        Instant first = given(context, "from", from)
                .map(text -> Refusal.instant("from", text))
                .orElse(Instant.MIN);
        Instant last = given(context, "to", to)
                .map(text -> Refusal.instant("to", text))
                .orElse(Instant.MAX);
        if (last.isBefore(first)) {
            throw Refusal.badRequest("to", to.orElse(""), "a moment not before from = " + first);
        }
        List<Snapshot> latest = of(namespace, name);
        List<List<Remembered>> spans = latest.stream()
                .filter(snapshot -> trigger.filter(asked -> !asked.equals(snapshot.triggerName()))
                        .isEmpty())
                .map(snapshot -> between(history.of(TriggerId.of(snapshot)), first, last))
                .filter(span -> !span.isEmpty())
                .toList();
        if (spans.isEmpty()) {
            throw Refusal.notFound("nothing to record; " + spansOf(latest));
        }
        enterDownloads(context);
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

    private List<Snapshot> of(String namespace, String name) {
        ScaledObjectId id = new ScaledObjectId(namespace, name);
        List<Snapshot> found = decisions.snapshots().stream()
                .filter(snapshot -> snapshot.scaledObject().equals(id))
                .toList();
        if (found.isEmpty()) {
            refuseWhereNotKnown();
            throw Refusal.notFound("no decision on a ScaledObject " + id + whyRefused(id));
        }
        return found;
    }

    private String whyRefused(ScaledObjectId id) {
        return views.refused(id::equals, clock.instant()).stream()
                .map(view -> ": " + view.triggerName() + " is refused: " + view.explanation())
                .findFirst()
                .orElse("");
    }

    /** What is not known is not an empty list. */
    private void refuseWhereNotKnown() {
        if (decisions.contact() instanceof Contact.NeverReached(Instant since, String reason)) {
            throw Refusal.notKnown(
                    "it is not known which ScaledObjects there are: the API server was not reached since " + since
                            + ": " + reason);
        }
    }
}
