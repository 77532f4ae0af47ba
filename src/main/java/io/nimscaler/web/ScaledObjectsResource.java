package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimscaler.scaler.ScaledObjectId;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The latest decision of every scaler. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Decisions")
class ScaledObjectsResource {

    private final ObjectMapper json;
    private final ScaledObjectViews views;
    private final Requests requests;
    private final InstantSource clock;

    ScaledObjectsResource(ObjectMapper json, ScaledObjectViews views, Requests requests, InstantSource clock) {
        this.json = json;
        this.views = views;
        this.requests = requests;
        this.clock = clock;
    }

    /** One entry a trigger, the refused ones among them, ordered by namespace and name. */
    @GET
    @Operation(summary = "The latest decision on every trigger, and why a trigger is refused")
    @APIResponse(
            responseCode = "200",
            description = "One entry for each trigger and each shadow",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ScaledObjectView.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response all() {
        requests.refuseWhereNotKnown();
        return answer(views.each(_ -> true, true, clock.instant()));
    }

    /** The triggers of one ScaledObject. */
    @GET
    @Path("/{namespace}/{name}")
    @Operation(summary = "The latest decision on each trigger of one ScaledObject, and why a trigger is refused")
    @APIResponse(
            responseCode = "200",
            description = "One entry for each trigger and each shadow",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ScaledObjectView.class)))
    @APIResponse(
            responseCode = "404",
            description = Requests.NOT_FOUND,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    @APIResponse(
            responseCode = "503",
            description = Requests.NOT_KNOWN,
            content = @Content(schema = @Schema(implementation = Refusal.class)))
    public Response one(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        ScaledObjectId id = new ScaledObjectId(namespace, name);
        List<Supplier<ScaledObjectView>> found = views.each(id::equals, true, clock.instant());
        if (found.isEmpty()) {
            requests.refuseWhereNotKnown();
            throw Refusal.notFound("no decision on a ScaledObject " + id);
        }
        return answer(found);
    }

    private Response answer(List<Supplier<ScaledObjectView>> entries) {
        return JsonArray.answer(json, entries, Supplier::get);
    }
}
